"""What has to happen later or outside, and what became of it there."""

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.partial import partial
from storage.tables.base import metadata, tenant
from storage.types import BigId, Instant, Json

timers = Table(
    "timers",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    tenant(),
    Column("subject", String(200), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("round", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("payload", Json, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("fired_at", Instant),
    UniqueConstraint("subject", "kind", "round", "tenant"),
    partial(
        "ix_timers_due",
        "due_at",
        "id",
        where="state = 'pending'",
    ),
)

effects = Table(
    "effects",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    tenant(),
    Column("key", String(300), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("destination", String(40), nullable=False),
    Column("ordering", String(300), nullable=False),
    Column("incident", BigId),
    Column("version", Integer),
    Column("payload", Json, nullable=False),
    Column("state", String(16), nullable=False),
    Column("queued_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("claimed_until", Instant),
    Column("token", String(32)),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("settled_at", Instant),
    Column("error", Text, nullable=False, server_default=""),
    UniqueConstraint("key", "tenant"),
    partial(
        "ix_effects_head",
        "ordering",
        "id",
        where="state = 'pending'",
    ),
    partial(
        "ix_effects_due",
        "due_at",
        "id",
        where="state = 'pending'",
    ),
    partial(
        "ix_effects_settled",
        "ordering",
        "settled_at",
        where="state = 'done'",
    ),
    Index("ix_effects_incident", "incident", "kind"),
)

places = Table(
    "places",
    metadata,
    tenant(),
    Column("incident", BigId, nullable=False),
    Column("platform", String(40), nullable=False),
    Column("slot", String(40), nullable=False),
    Column("address", Json, nullable=False),
    PrimaryKeyConstraint("incident", "platform", "slot", "tenant"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    tenant(),
    Column("key", String(300), nullable=False),
    Column("person", String(200), nullable=False),
    Column("incident", BigId),
    Column("loud", Boolean, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("seen_at", Instant),
    UniqueConstraint("key", "tenant"),
    Index("ix_notices_person", "tenant", "person", "id"),
)
"""What the web room has to tell one person: pages and direct messages."""
