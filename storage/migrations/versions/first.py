"""The first schema.

Revision: 0001
"""

from typing import Any, Final

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Moment: Final = BigInteger
Json: Final = JSON().with_variant(JSONB(), "postgresql")
Id: Final = BigInteger().with_variant(Integer(), "sqlite")

SEARCH: Final[dict[str, tuple[str, ...]]] = {
    "sqlite": (
        "CREATE VIRTUAL TABLE incident_search USING fts5"
        "(title, body, tokenize='unicode61 remove_diacritics 2')",
    ),
    "postgresql": (
        "CREATE TABLE incident_search (incident BIGINT PRIMARY KEY,"
        " tenant VARCHAR(64) NOT NULL DEFAULT 'default', document TSVECTOR NOT NULL)",
        "CREATE INDEX ix_incident_search_document ON incident_search USING gin (document)",
    ),
}
KNOWLEDGE: Final[dict[str, tuple[str, ...]]] = {
    "sqlite": (
        "CREATE VIRTUAL TABLE document_search USING fts5"
        "(title, body, tokenize=\"unicode61 tokenchars '.'\")",
        "CREATE VIRTUAL TABLE document_terms USING fts5vocab(document_search, row)",
    ),
    "postgresql": (
        "CREATE TABLE document_search (document BIGINT PRIMARY KEY,"
        " tenant VARCHAR(64) NOT NULL DEFAULT 'default', terms TSVECTOR NOT NULL)",
        "CREATE INDEX ix_document_search_terms ON document_search USING gin (terms)",
    ),
}
"""Full text over documents; on SQLite with a view of how many of them hold each term."""

NO_KNOWLEDGE: Final[dict[str, tuple[str, ...]]] = {
    "sqlite": ("DROP TABLE document_terms", "DROP TABLE document_search"),
    "postgresql": ("DROP TABLE document_search",),
}
NUMBERS: Final = "incident_numbers"
"""A sequence, on PostgreSQL; SQLite counts in a row of `facts`."""

TABLES: Final = (
    "incidents",
    "members",
    "tasks",
    "groups",
    "alerts",
    "inhibitors",
    "raw_bodies",
    "events",
    "event_keys",
    "dead_letters",
    "entries",
    "entry_bodies",
    "chains",
    "checkpoints",
    "checkpoint_heads",
    "timers",
    "effects",
    "places",
    "notices",
    "presence",
    "invocations",
    "silences",
    "tokens",
    "logins",
    "facts",
    "documents",
    "passages",
    "documents_due",
    "askings",
    "analyst_jobs",
    "analyses",
    "suggestions",
    "model_usage",
)


def only_where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def _members_and_tasks() -> None:
    op.create_table(
        "members",
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("incident", Id, nullable=False),
        Column("person", String(200), nullable=False),
        PrimaryKeyConstraint("incident", "person", "tenant", name="pk_members"),
    )
    op.create_index("ix_members_person", "members", ["tenant", "person", "incident"])
    op.create_table(
        "tasks",
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("incident", Id, nullable=False),
        Column("number", Integer, nullable=False),
        Column("text", Text, nullable=False),
        Column("owner", Text),
        Column("state", String(16), nullable=False),
        Column("reason", Text, nullable=False),
        Column("made_by", Text, nullable=False),
        Column("made_at", Moment, nullable=False),
        Column("ended_by", Text),
        Column("ended_at", Moment),
        Column("follow_up", Boolean, nullable=False),
        Column("due_on", String(10)),
        Column("ticket", Text),
        Column("priority", String(16), nullable=False),
        Column("snoozed_until", String(10)),
        PrimaryKeyConstraint("incident", "number", "tenant", name="pk_tasks"),
    )
    op.create_index("ix_tasks_made_at", "tasks", ["tenant", "made_at", "incident", "number"])
    op.create_index(
        "ix_tasks_owner",
        "tasks",
        ["tenant", "owner", "state", "made_at"],
        **only_where("owner IS NOT NULL"),
    )


def upgrade() -> None:
    op.create_table(
        "incidents",
        Column("number", Id, autoincrement=False, nullable=False),
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("title", Text, nullable=False),
        Column("description", Text, nullable=False),
        Column("status", String(16), nullable=False),
        Column("severity", String(2), nullable=False),
        Column("initial_severity", String(2), nullable=False),
        Column("severity_by_person", Boolean, nullable=False),
        Column("worst_alert", String(2)),
        Column("category", String(64), nullable=False),
        Column("impact", String(16)),
        Column("source", String(200), nullable=False),
        Column("source_event_id", Text),
        Column("fingerprint", Text),
        Column("group_key", Text, nullable=False),
        Column("route", Text),
        Column("service", Text),
        Column("team", Text),
        Column("escalation", Text),
        Column("policy_version", String(64), nullable=False),
        Column("loudness", String(16), nullable=False),
        Column("visibility", String(16), nullable=False),
        Column("members", Json, nullable=False),
        Column("declared_by", Text),
        Column("test", Boolean, nullable=False),
        Column("assigned_to", Text),
        Column("roles", Json, nullable=False),
        Column("responders", Json, nullable=False),
        Column("escalation_level", Integer, nullable=False),
        Column("round", Integer, nullable=False),
        Column("acknowledged_round", Integer, nullable=False),
        Column("paged", Json, nullable=False),
        Column("unreached", Boolean, nullable=False),
        Column("opened_at", Moment, nullable=False),
        Column("began_at", Moment),
        Column("clocks_from", Moment),
        Column("paged_again_at", Moment),
        Column("first_acknowledged_at", Moment),
        Column("acknowledged_at", Moment),
        Column("acknowledged_by", Text),
        Column("resolved_at", Moment),
        Column("resolved_by", Text),
        Column("outcome", String(16)),
        Column("resolution", Text, nullable=False),
        Column("closed_at", Moment),
        Column("all_clear_at", Moment),
        Column("next_update_at", Moment),
        Column("sla_acknowledge_due", Moment),
        Column("sla_resolve_due", Moment),
        Column("sla_acknowledge_breached_at", Moment),
        Column("sla_resolve_breached_at", Moment),
        Column("related_to", Id),
        Column("duplicate_of", Id),
        Column("impact_at", Moment),
        Column("detected_at", Moment),
        Column("mitigated_at", Moment),
        Column("ended_at", Moment),
        Column("resource", Text),
        Column("link", Text),
        Column("environment", Text),
        Column("labels", Json, nullable=False),
        Column("links", Json, nullable=False),
        Column("tasks", Json, nullable=False),
        Column("postmortem", Json, nullable=False),
        Column("updated_at", Moment, nullable=False),
        Column("version", Integer, nullable=False),
        Column("chain", String(64), nullable=False),
        PrimaryKeyConstraint("number", name="pk_incidents"),
    )
    op.create_index(
        "ix_incidents_assigned_to",
        "incidents",
        ["tenant", "assigned_to", "number"],
        **only_where("assigned_to IS NOT NULL"),
    )
    op.create_index(
        "ix_incidents_counts", "incidents", ["tenant", "status", "severity", "visibility"]
    )
    op.create_index(
        "ix_incidents_tests", "incidents", ["tenant", "status", "severity"], **only_where("test")
    )
    op.create_index("ix_incidents_open", "incidents", ["tenant", "status", "number"])
    op.create_index("ix_incidents_route", "incidents", ["tenant", "route", "opened_at"])
    op.create_index(
        "ix_incidents_service",
        "incidents",
        ["tenant", "service", "number"],
        **only_where("service IS NOT NULL"),
    )
    op.create_index(
        "ix_incidents_team",
        "incidents",
        ["tenant", "team", "number"],
        **only_where("team IS NOT NULL"),
    )
    _members_and_tasks()
    op.create_table(
        "groups",
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("group_key", Text, nullable=False),
        Column("incident", Id, nullable=False),
        Column("held", Boolean, nullable=False),
        PrimaryKeyConstraint("tenant", "group_key", "incident", name="pk_groups"),
    )
    op.create_index("ix_groups_incident", "groups", ["incident"])
    op.create_index(
        "uq_groups_held", "groups", ["tenant", "group_key"], unique=True, **only_where("held")
    )
    op.create_table(
        "alerts",
        Column("id", String(32), nullable=False),
        Column("tenant", String(64), nullable=False, server_default="default"),
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
        Column("starts_at", Moment),
        Column("ends_at", Moment),
        Column("happened_at", Moment),
        Column("first_seen_at", Moment, nullable=False),
        Column("last_seen_at", Moment, nullable=False),
        Column("cleared_at", Moment),
        Column("count", Integer, nullable=False),
        Column("incident", Id),
        Column("decision", String(24), nullable=False),
        Column("decided_by", Text, nullable=False),
        Column("dedup_key", Text),
        Column("category", String(64)),
        Column("event_id", Text),
        Column("private", Boolean, nullable=False),
        PrimaryKeyConstraint("id", name="pk_alerts"),
        postgresql_with={"fillfactor": 70},  # room to count a repetition where the alert stands
    )
    op.create_index(
        "ix_alerts_decided_by", "alerts", ["decided_by"], **only_where("decided_by <> ''")
    )
    op.create_index("ix_alerts_incident", "alerts", ["incident"])
    op.create_index(
        "uq_alerts_current",
        "alerts",
        ["tenant", "source", "fingerprint"],
        unique=True,
        **only_where("current"),
    )
    op.create_table(
        "inhibitors",
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("key", String(200), nullable=False),
        Column("alert", String(32), nullable=False),
        PrimaryKeyConstraint("key", "alert", "tenant", name="pk_inhibitors"),
    )
    op.create_table(
        "raw_bodies",
        Column("id", String(32), nullable=False),
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("source", String(200), nullable=False),
        Column("received_at", Moment, nullable=False),
        Column("body", LargeBinary, nullable=False),
        PrimaryKeyConstraint("id", name="pk_raw_bodies"),
    )
    op.create_table(
        "events",
        Column("id", String(32), nullable=False),
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("raw", String(32), nullable=False),
        Column("position", Integer, nullable=False),
        Column("source", String(200), nullable=False),
        Column("event_id", Text),
        Column("received_at", Moment, nullable=False),
        Column("alert", String(32)),
        Column("incident", Id),
        Column("opened_at", Moment),
        Column("decision", String(24), nullable=False),
        Column("decided_by", Text, nullable=False),
        PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index(
        "ix_events_event_id", "events", ["tenant", "event_id"], **only_where("event_id IS NOT NULL")
    )
    op.create_table(
        "event_keys",
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("source", String(200), nullable=False),
        Column("event_id", Text, nullable=False),
        Column("event", String(32), nullable=False),
        Column("received_at", Moment, nullable=False),
        PrimaryKeyConstraint("source", "event_id", "tenant", name="pk_event_keys"),
    )
    op.create_table(
        "dead_letters",
        Column("id", String(32), nullable=False),
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("source", String(200), nullable=False),
        Column("received_at", Moment, nullable=False),
        Column("reason", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("tries", Integer, nullable=False, server_default="0"),
        Column("replayed_at", Moment),
        PrimaryKeyConstraint("id", name="pk_dead_letters"),
    )
    op.create_index("ix_dead_letters_received", "dead_letters", ["tenant", "received_at"])
    op.create_table(
        "entries",
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("stream", String(200), nullable=False),
        Column("seq", Integer, nullable=False),
        Column("event_id", String(32), nullable=False),
        Column("incident", Id),
        Column("type", String(40), nullable=False),
        Column("actor_type", String(16), nullable=False),
        Column("actor_id", Text, nullable=False),
        Column("occurred_at", Moment, nullable=False),
        Column("recorded_at", Moment, nullable=False),
        Column("origin", Json, nullable=False),
        Column("corrects", Integer),
        Column("digest", String(64), nullable=False),
        Column("previous", String(64), nullable=False),
        Column("hash", String(64), nullable=False),
        PrimaryKeyConstraint("stream", "seq", "tenant", name="pk_entries"),
        UniqueConstraint("tenant", "event_id", name="uq_entries_tenant_event_id"),
    )
    op.create_index("ix_entries_recorded", "entries", ["recorded_at"])
    op.create_index("ix_entries_talk", "entries", ["recorded_at"], **only_where("type = 'said'"))
    op.create_table(
        "entry_bodies",
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("stream", String(200), nullable=False),
        Column("seq", Integer, nullable=False),
        Column("salt", String(32), nullable=False),
        Column("body", LargeBinary),
        Column("erased_at", Moment),
        PrimaryKeyConstraint("stream", "seq", "tenant", name="pk_entry_bodies"),
    )
    op.create_table(
        "chains",
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("stream", String(200), nullable=False),
        Column("count", Integer, nullable=False),
        Column("head", String(64), nullable=False),
        PrimaryKeyConstraint("stream", "tenant", name="pk_chains"),
    )
    op.create_table(
        "checkpoints",
        Column("id", Id, autoincrement=True, nullable=False),
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("taken_at", Moment, nullable=False),
        Column("covers_until", Moment, nullable=False),
        Column("streams", Integer, nullable=False),
        Column("digest", String(64), nullable=False),
        Column("signature", String(64), nullable=False),
        PrimaryKeyConstraint("id", name="pk_checkpoints"),
    )
    op.create_table(
        "checkpoint_heads",
        Column("checkpoint", Id, nullable=False),
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("stream", String(200), nullable=False),
        Column("count", Integer, nullable=False),
        Column("head", String(64), nullable=False),
        PrimaryKeyConstraint("checkpoint", "tenant", "stream", name="pk_checkpoint_heads"),
    )
    op.create_table(
        "timers",
        Column("id", Id, autoincrement=True, nullable=False),
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("subject", String(200), nullable=False),
        Column("kind", String(40), nullable=False),
        Column("round", Integer, nullable=False),
        Column("due_at", Moment, nullable=False),
        Column("state", String(16), nullable=False),
        Column("payload", Json, nullable=False),
        Column("tries", Integer, nullable=False, server_default="0"),
        Column("fired_at", Moment),
        PrimaryKeyConstraint("id", name="pk_timers"),
        UniqueConstraint(
            "subject", "kind", "round", "tenant", name="uq_timers_subject_kind_round_tenant"
        ),
    )
    op.create_index("ix_timers_due", "timers", ["due_at", "id"], **only_where("state = 'pending'"))
    op.create_table(
        "effects",
        Column("id", Id, autoincrement=True, nullable=False),
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("key", String(300), nullable=False),
        Column("kind", String(24), nullable=False),
        Column("destination", String(40), nullable=False),
        Column("ordering", String(300), nullable=False),
        Column("incident", Id),
        Column("version", Integer),
        Column("payload", Json, nullable=False),
        Column("state", String(16), nullable=False),
        Column("queued_at", Moment, nullable=False),
        Column("due_at", Moment, nullable=False),
        Column("expires_at", Moment),
        Column("claimed_until", Moment),
        Column("token", String(32)),
        Column("tries", Integer, nullable=False, server_default="0"),
        Column("settled_at", Moment),
        Column("error", Text, nullable=False, server_default=""),
        PrimaryKeyConstraint("id", name="pk_effects"),
        UniqueConstraint("key", "tenant", name="uq_effects_key_tenant"),
    )
    op.create_index(
        "ix_effects_due", "effects", ["due_at", "id"], **only_where("state = 'pending'")
    )
    op.create_index(
        "ix_effects_head", "effects", ["ordering", "id"], **only_where("state = 'pending'")
    )
    op.create_index("ix_effects_incident", "effects", ["incident", "kind"])
    op.create_index(
        "ix_effects_settled", "effects", ["ordering", "settled_at"], **only_where("state = 'done'")
    )
    op.create_table(
        "places",
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("incident", Id, nullable=False),
        Column("platform", String(40), nullable=False),
        Column("slot", String(40), nullable=False),
        Column("address", Json, nullable=False),
        PrimaryKeyConstraint("incident", "platform", "slot", "tenant", name="pk_places"),
    )
    _web_room()
    op.create_table(
        "invocations",
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("key", String(300), nullable=False),
        Column("platform", String(40), nullable=False),
        Column("actor", Text, nullable=False),
        Column("text", Text, nullable=False),
        Column("payload", Json, nullable=False),
        Column("received_at", Moment, nullable=False),
        Column("done_at", Moment),
        Column("reply", Json),
        PrimaryKeyConstraint("key", "tenant", name="pk_invocations"),
    )
    op.create_index(
        "ix_invocations_waiting", "invocations", ["received_at"], **only_where("done_at IS NULL")
    )
    op.create_table(
        "silences",
        Column("id", Id, autoincrement=True, nullable=False),
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("matchers", Json, nullable=False),
        Column("starts_at", Moment, nullable=False),
        Column("ends_at", Moment, nullable=False),
        Column("ended_at", Moment),
        Column("created_by", Text, nullable=False),
        Column("created_by_name", Text, nullable=False),
        Column("comment", Text, nullable=False),
        Column("incident", Id),
        PrimaryKeyConstraint("id", name="pk_silences"),
    )
    op.create_index("ix_silences_ends", "silences", ["tenant", "ends_at"])
    op.create_table(
        "tokens",
        Column("id", String(32), nullable=False),
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("name", String(200), nullable=False),
        Column("hash", String(64), nullable=False),
        Column("scopes", Json, nullable=False),
        Column("right", String(16), nullable=False),
        Column("person", String(200)),
        Column("created_at", Moment, nullable=False),
        Column("last_used_at", Moment),
        Column("revoked_at", Moment),
        PrimaryKeyConstraint("id", name="pk_tokens"),
        UniqueConstraint("hash", "tenant", name="uq_tokens_hash_tenant"),
    )
    op.create_table(
        "logins",
        Column("hash", String(64), nullable=False),
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("person", String(200), nullable=False),
        Column("kind", String(16), nullable=False),
        Column("made_at", Moment, nullable=False),
        Column("expires_at", Moment, nullable=False),
        Column("used_at", Moment),
        PrimaryKeyConstraint("hash", name="pk_logins"),
    )
    op.create_table(
        "facts",
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("name", String(100), nullable=False),
        Column("value", Json, nullable=False),
        PrimaryKeyConstraint("tenant", "name", name="pk_facts"),
    )
    _knowledge()
    _models()
    _full_text()


def _full_text() -> None:
    dialect = op.get_context().dialect.name
    for statement in (*SEARCH[dialect], *KNOWLEDGE[dialect]):
        op.execute(statement)
    if dialect == "postgresql":
        op.execute(f"CREATE SEQUENCE {NUMBERS}")


def _web_room() -> None:
    op.create_table(
        "notices",
        Column("id", Id, autoincrement=True, nullable=False),
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("key", String(300), nullable=False),
        Column("person", String(200), nullable=False),
        Column("incident", Id),
        Column("loud", Boolean, nullable=False),
        Column("title", Text, nullable=False),
        Column("text", Text, nullable=False),
        Column("made_at", Moment, nullable=False),
        Column("seen_at", Moment),
        PrimaryKeyConstraint("id", name="pk_notices"),
        UniqueConstraint("key", "tenant", name="uq_notices_key_tenant"),
    )
    op.create_index("ix_notices_person", "notices", ["tenant", "person", "id"])
    op.create_table(
        "presence",
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("person", String(200), nullable=False),
        Column("seen_at", Moment, nullable=False),
        PrimaryKeyConstraint("tenant", "person", name="pk_presence"),
    )


def _knowledge() -> None:
    op.create_table(
        "documents",
        Column("number", Id, autoincrement=True, nullable=False),
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("id", String(200), nullable=False),
        Column("kind", String(32), nullable=False),
        Column("title", Text, nullable=False),
        Column("text", Text, nullable=False),
        Column("url", Text, nullable=False),
        Column("date", Moment),
        Column("tags", Json, nullable=False),
        Column("service", Text),
        Column("incident", Id),
        Column("version", Integer, nullable=False),
        Column("title_terms", Text, nullable=False),
        Column("length", Integer, nullable=False),
        Column("digest", String(32), nullable=False),
        Column("added_at", Moment, nullable=False),
        PrimaryKeyConstraint("number", name="pk_documents"),
        UniqueConstraint("id", "tenant", name="uq_documents_id_tenant"),
    )
    op.create_index("ix_documents_length", "documents", ["tenant", "length"])
    op.create_index("ix_documents_added", "documents", ["tenant", "added_at"])
    op.create_index(
        "ix_documents_incident",
        "documents",
        ["tenant", "incident"],
        sqlite_where=text("incident IS NOT NULL"),
        postgresql_where=text("incident IS NOT NULL"),
    )
    op.create_table(
        "passages",
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("document", Id, nullable=False),
        Column("place", Integer, nullable=False),
        Column("begins", Integer, nullable=False),
        Column("ends", Integer, nullable=False),
        Column("heading", Text, nullable=False),
        Column("terms", Text, nullable=False),
        Column("length", Integer, nullable=False),
        PrimaryKeyConstraint("document", "place", "tenant", name="pk_passages"),
    )
    op.create_index("ix_passages_length", "passages", ["tenant", "length"])
    op.create_table(
        "documents_due",
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("incident", Id, nullable=False),
        PrimaryKeyConstraint("incident", "tenant", name="pk_documents_due"),
    )
    op.create_table(
        "askings",
        Column("id", String(32), nullable=False),
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("actor", Text, nullable=False),
        Column("thread", Text, nullable=False),
        Column("question", Text, nullable=False),
        Column("asked_at", Moment, nullable=False),
        Column("documents", Json, nullable=False),
        Column("abstained", Boolean, nullable=False),
        Column("rating", Integer),
        PrimaryKeyConstraint("id", name="pk_askings"),
    )
    op.create_index("ix_askings_thread", "askings", ["tenant", "actor", "thread", "asked_at"])
    op.create_table(
        "analyst_jobs",
        Column("id", String(32), nullable=False),
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("kind", String(64), nullable=False),
        Column("body", Json, nullable=False),
        Column("seconds", Float, nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("claimed_at", Moment),
        Column("answer", Json),
        PrimaryKeyConstraint("id", name="pk_analyst_jobs"),
    )
    op.create_index(
        "ix_analyst_jobs_waiting",
        "analyst_jobs",
        ["tenant", "created_at"],
        **only_where("claimed_at IS NULL"),
    )


def _models() -> None:
    op.create_table(
        "analyses",
        Column("id", String(32), nullable=False),
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("kind", String(64), nullable=False),
        Column("incident", Id),
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
        Column("made_at", Moment, nullable=False),
        PrimaryKeyConstraint("id", name="pk_analyses"),
    )
    op.create_index("ix_analyses_incident", "analyses", ["tenant", "incident", "made_at"])
    op.create_index("ix_analyses_digest", "analyses", ["tenant", "digest", "made_at"])
    op.create_table(
        "suggestions",
        Column("id", String(32), nullable=False),
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("analysis", String(32), nullable=False),
        Column("incident", Id, nullable=False),
        Column("kind", String(32), nullable=False),
        Column("text", Text, nullable=False),
        Column("command", Text, nullable=False),
        Column("confidence", Float, nullable=False),
        Column("made_at", Moment, nullable=False),
        Column("status", String(16), nullable=False),
        Column("decided_by", Text),
        Column("decided_at", Moment),
        Column("reason", Text, nullable=False),
        Column("rating", Integer),
        PrimaryKeyConstraint("id", name="pk_suggestions"),
    )
    op.create_index("ix_suggestions_analysis", "suggestions", ["tenant", "analysis"])
    op.create_table(
        "model_usage",
        Column("tenant", String(64), nullable=False, server_default="default"),
        Column("scope", String(100), nullable=False),
        Column("day", String(10), nullable=False),
        Column("money", BigInteger, nullable=False),
        Column("tokens", BigInteger, nullable=False),
        PrimaryKeyConstraint("scope", "day", "tenant", name="pk_model_usage"),
    )


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"DROP SEQUENCE {NUMBERS}")
    for statement in NO_KNOWLEDGE[op.get_context().dialect.name]:
        op.execute(statement)
    op.execute("DROP TABLE incident_search")
    for name in reversed(TABLES):
        op.drop_table(name)
