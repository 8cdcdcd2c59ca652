"""How values lie in the database, the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, Integer
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO: Final = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970, exactly (a float would lose some)."""
    return (moment - EPOCH) // _MICRO


def from_micros(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds since 1970 UTC: exact, sortable, portable."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return None if value is None else to_micros(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else from_micros(value)


class Json(TypeDecorator[Any]):
    """JSON; on PostgreSQL JSONB, whose dialect is imported only where it is used."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name != "postgresql":
            return dialect.type_descriptor(JSON())
        return dialect.type_descriptor(import_module("sqlalchemy.dialects.postgresql").JSONB())


BigId = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers rows by itself only in a column that says INTEGER PRIMARY KEY."""
