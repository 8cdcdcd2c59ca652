"""The library: what was written down, cut into what can be searched, and what was asked of it."""

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

from storage.tables.base import metadata, tenant, where_known
from storage.types import BigId, Instant, Json

documents = Table(
    "documents",
    metadata,
    Column("number", BigId, primary_key=True, autoincrement=True),
    tenant(),
    Column("id", String(200), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("date", Instant),
    Column("tags", Json, nullable=False),
    Column("service", Text),
    Column("incident", BigId),
    Column("version", Integer, nullable=False),
    Column("title_terms", Text, nullable=False),
    Column("length", Integer, nullable=False),
    Column("digest", String(32), nullable=False),
    Column("added_at", Instant, nullable=False),
    UniqueConstraint("id", "tenant"),
    Index("ix_documents_length", "tenant", "length"),
    Index("ix_documents_added", "tenant", "added_at"),
    where_known("ix_documents_incident", "incident"),
)
"""What was written down: documents as they were added, and what became of incidents."""

passages = Table(
    "passages",
    metadata,
    tenant(),
    Column("document", BigId, nullable=False),
    Column("place", Integer, nullable=False),
    Column("begins", Integer, nullable=False),
    Column("ends", Integer, nullable=False),
    Column("heading", Text, nullable=False),
    Column("terms", Text, nullable=False),
    Column("length", Integer, nullable=False),
    PrimaryKeyConstraint("document", "place", "tenant"),
    Index("ix_passages_length", "tenant", "length"),
)
"""Documents cut into passages, as terms; an index, made anew by `muster knowledge reindex`."""

documents_due = Table(
    "documents_due",
    metadata,
    tenant(),
    Column("incident", BigId, nullable=False),
    PrimaryKeyConstraint("incident", "tenant"),
)
"""Incidents that changed since they were indexed, written in the transaction that changed them."""

askings = Table(
    "askings",
    metadata,
    Column("id", String(32), primary_key=True),
    tenant(),
    Column("actor", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("documents", Json, nullable=False),
    Column("abstained", Boolean, nullable=False),
    Column("rating", Integer),
    Index("ix_askings_thread", "tenant", "actor", "thread", "asked_at"),
)
"""Questions that were answered, from which documents, and what the asker thought of it."""
