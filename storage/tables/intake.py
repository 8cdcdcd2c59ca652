"""What sources said, what was decided about it, and what was silenced."""

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from storage.partial import partial
from storage.tables.base import metadata, tenant
from storage.types import BigId, Instant, Json

alerts = Table(
    "alerts",
    metadata,
    Column("id", String(32), primary_key=True),
    tenant(),
    Column("source", String(200), nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("current", Boolean, nullable=False),
    Column("title", Text, nullable=False),
    Column("severity", String(2), nullable=False),
    Column("vendor_severity", Text),
    Column("status", String(16), nullable=False),
    Column("group_key", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("labels", Json, nullable=False),
    Column("resource", Text),
    Column("link", Text),
    Column("description", Text, nullable=False),
    Column("starts_at", Instant),
    Column("ends_at", Instant),
    Column("happened_at", Instant),
    Column("first_seen_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("cleared_at", Instant),
    Column("count", Integer, nullable=False),
    Column("incident", BigId),
    Column("decision", String(24), nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("dedup_key", Text),
    Column("category", String(64)),
    Column("event_id", Text),
    Column("private", Boolean, nullable=False),
    partial(
        "uq_alerts_current",
        "tenant",
        "source",
        "fingerprint",
        unique=True,
        where="current",
    ),
    Index("ix_alerts_incident", "incident"),
    partial(
        "ix_alerts_decided_by",
        "decided_by",
        where="decided_by <> ''",
    ),
)

inhibitors = Table(
    "inhibitors",
    metadata,
    tenant(),
    Column("key", String(200), nullable=False),
    Column("alert", String(32), nullable=False),
    PrimaryKeyConstraint("key", "alert", "tenant"),
)

raw_bodies = Table(
    "raw_bodies",
    metadata,
    Column("id", String(32), primary_key=True),
    tenant(),
    Column("source", String(200), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", String(32), primary_key=True),
    tenant(),
    Column("raw", String(32), nullable=False),
    Column("position", Integer, nullable=False),
    Column("source", String(200), nullable=False),
    Column("event_id", Text),
    Column("received_at", Instant, nullable=False),
    Column("alert", String(32)),
    Column("incident", BigId),
    Column("opened_at", Instant),
    Column("decision", String(24), nullable=False),
    Column("decided_by", Text, nullable=False),
    partial(
        "ix_events_event_id",
        "tenant",
        "event_id",
        where="event_id IS NOT NULL",
    ),
)
"""What was decided about each alert of each request."""

event_keys = Table(
    "event_keys",
    metadata,
    tenant(),
    Column("source", String(200), nullable=False),
    Column("event_id", Text, nullable=False),
    Column("event", String(32), nullable=False),
    Column("received_at", Instant, nullable=False),
    PrimaryKeyConstraint("source", "event_id", "tenant"),
)
"""Neutral events of the last day, so that one sent again gets its first reply."""

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", String(32), primary_key=True),
    tenant(),
    Column("source", String(200), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("replayed_at", Instant),
    Index("ix_dead_letters_received", "tenant", "received_at"),
)

silences = Table(
    "silences",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    tenant(),
    Column("matchers", Json, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("created_by", Text, nullable=False),
    Column("created_by_name", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("incident", BigId),
    Index("ix_silences_ends", "tenant", "ends_at"),
)
