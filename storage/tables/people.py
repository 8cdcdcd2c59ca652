"""How people and machines come in: their commands, tokens, sessions and presence."""

from sqlalchemy import (
    Column,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.partial import partial
from storage.tables.base import metadata, tenant
from storage.types import Instant, Json

invocations = Table(
    "invocations",
    metadata,
    tenant(),
    Column("key", String(300), nullable=False),
    Column("platform", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("payload", Json, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("reply", Json),
    PrimaryKeyConstraint("key", "tenant"),
    partial(
        "ix_invocations_waiting",
        "received_at",
        where="done_at IS NULL",
    ),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(32), primary_key=True),
    tenant(),
    Column("name", String(200), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("scopes", Json, nullable=False),
    Column("right", String(16), nullable=False),
    Column("person", String(200)),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant),
    Column("revoked_at", Instant),
    UniqueConstraint("hash", "tenant"),
)

logins = Table(
    "logins",
    metadata,
    Column("hash", String(64), primary_key=True),
    tenant(),
    Column("person", String(200), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)
"""One-time sign-in links (`link`) and the browser sessions (`session`) they open."""

presence = Table(
    "presence",
    metadata,
    tenant(),
    Column("person", String(200), nullable=False),
    Column("seen_at", Instant, nullable=False),
    PrimaryKeyConstraint("tenant", "person"),
)
"""When a replica last saw the person's web room open."""
