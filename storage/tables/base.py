"""What every table shares: one metadata, names for constraints, and the tenant."""

from sqlalchemy import Column, Index, MetaData, String

from storage.partial import partial

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def tenant() -> Column[str]:
    return Column("tenant", String(64), nullable=False, server_default="default")


def where_known(name: str, column: str, *more: str) -> Index:
    """An index over the rows in which a column says something."""
    return partial(name, "tenant", column, *more, where=f"{column} IS NOT NULL")
