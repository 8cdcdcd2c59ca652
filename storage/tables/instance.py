"""What Muster knows of itself."""

from sqlalchemy import (
    Column,
    PrimaryKeyConstraint,
    String,
    Table,
)

from storage.tables.base import metadata, tenant
from storage.types import Json

facts = Table(
    "facts",
    metadata,
    tenant(),
    Column("name", String(100), nullable=False),
    Column("value", Json, nullable=False),
    PrimaryKeyConstraint("tenant", "name"),
)
"""What Muster knows of itself: its instance, whether it is on hold, the next incident number."""
