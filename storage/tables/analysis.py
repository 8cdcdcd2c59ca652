"""What models were asked and said, what they suggest, and what they used up."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from storage.tables.base import metadata, tenant
from storage.types import BigId, Instant, Json

analyses = Table(
    "analyses",
    metadata,
    Column("id", String(32), primary_key=True),
    tenant(),
    Column("kind", String(64), nullable=False),
    Column("incident", BigId),
    Column("asked_by", Text, nullable=False),
    Column("provider", String(64), nullable=False),
    Column("model", Text, nullable=False),
    Column("prompt", String(64), nullable=False),
    Column("prompt_version", String(32), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("result", Json, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    Column("cost", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("status", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("mentions", Json, nullable=False),
    Column("made_at", Instant, nullable=False),
    Index("ix_analyses_incident", "tenant", "incident", "made_at"),
    Index("ix_analyses_digest", "tenant", "digest", "made_at"),
)

suggestions = Table(
    "suggestions",
    metadata,
    Column("id", String(32), primary_key=True),
    tenant(),
    Column("analysis", String(32), nullable=False),
    Column("incident", BigId, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("text", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("status", String(16), nullable=False),
    Column("decided_by", Text),
    Column("decided_at", Instant),
    Column("reason", Text, nullable=False),
    Column("rating", Integer),
    Index("ix_suggestions_analysis", "tenant", "analysis"),
)

model_usage = Table(
    "model_usage",
    metadata,
    tenant(),
    Column("scope", String(100), nullable=False),
    Column("day", String(10), nullable=False),
    Column("money", BigInteger, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    PrimaryKeyConstraint("scope", "day", "tenant"),
)
"""`money` in millionths. `day` is empty for what is counted in all."""
