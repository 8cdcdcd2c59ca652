"""The chained record: entries, their erasable bodies, and what was signed of them."""

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.partial import partial
from storage.tables.base import metadata, tenant
from storage.types import BigId, Instant, Json

entries = Table(
    "entries",
    metadata,
    tenant(),
    Column("stream", String(200), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("event_id", String(32), nullable=False),
    Column("incident", BigId),
    Column("type", String(40), nullable=False),
    Column("actor_type", String(16), nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("origin", Json, nullable=False),
    Column("corrects", Integer),
    Column("digest", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    PrimaryKeyConstraint("stream", "seq", "tenant"),
    UniqueConstraint("tenant", "event_id"),
    Index("ix_entries_recorded", "recorded_at"),
    partial("ix_entries_talk", "recorded_at", where="type = 'said'"),
)

entry_bodies = Table(
    "entry_bodies",
    metadata,
    tenant(),
    Column("stream", String(200), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("salt", String(32), nullable=False),
    Column("body", LargeBinary),
    Column("erased_at", Instant),
    PrimaryKeyConstraint("stream", "seq", "tenant"),
)
"""The erasable part of entries: NULL once erased, and the chain still holds."""

chains = Table(
    "chains",
    metadata,
    tenant(),
    Column("stream", String(200), nullable=False),
    Column("count", Integer, nullable=False),
    Column("head", String(64), nullable=False),
    PrimaryKeyConstraint("stream", "tenant"),
)
"""Heads of streams that are no incident's; an incident keeps its own."""

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    tenant(),
    Column("taken_at", Instant, nullable=False),
    Column("covers_until", Instant, nullable=False),
    Column("streams", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("signature", String(64), nullable=False),
)

checkpoint_heads = Table(
    "checkpoint_heads",
    metadata,
    Column("checkpoint", BigId, nullable=False),
    tenant(),
    Column("stream", String(200), nullable=False),
    Column("count", Integer, nullable=False),
    Column("head", String(64), nullable=False),
    PrimaryKeyConstraint("checkpoint", "tenant", "stream"),
)
