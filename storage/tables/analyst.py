"""Jobs for an analyst elsewhere, on PostgreSQL; they live for seconds."""

from sqlalchemy import Column, Float, String, Table

from storage.partial import partial
from storage.tables.base import metadata, tenant
from storage.types import Instant, Json

analyst_jobs = Table(
    "analyst_jobs",
    metadata,
    Column("id", String(32), primary_key=True),
    tenant(),
    Column("kind", String(64), nullable=False),
    Column("body", Json, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("claimed_at", Instant),
    Column("answer", Json),
    partial("ix_analyst_jobs_waiting", "tenant", "created_at", where="claimed_at IS NULL"),
)
"""What a core asks, and what an analyst answered; the core takes the row away."""
