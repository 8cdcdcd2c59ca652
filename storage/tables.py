"""Every table. Each has `tenant`, and it stands in every unique key.

What must be unique is unique here, by constraint; the code only makes it rare that one bites. Where
a key is asked for without its tenant, the tenant stands last in it, so that its index serves.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.partial import partial
from storage.types import BigId, Instant, Json

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _tenant() -> Column[str]:
    return Column("tenant", String(64), nullable=False, server_default="default")


def _where_known(name: str, column: str, *more: str) -> Index:
    """An index over the rows in which a column says something."""
    return partial(name, "tenant", column, *more, where=f"{column} IS NOT NULL")


incidents = Table(
    "incidents",
    metadata,
    Column("number", BigId, primary_key=True, autoincrement=False),
    _tenant(),
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
    Column("opened_at", Instant, nullable=False),
    Column("began_at", Instant),
    Column("clocks_from", Instant),
    Column("paged_again_at", Instant),
    Column("first_acknowledged_at", Instant),
    Column("acknowledged_at", Instant),
    Column("acknowledged_by", Text),
    Column("resolved_at", Instant),
    Column("resolved_by", Text),
    Column("outcome", String(16)),
    Column("resolution", Text, nullable=False),
    Column("closed_at", Instant),
    Column("all_clear_at", Instant),
    Column("next_update_at", Instant),
    Column("sla_acknowledge_due", Instant),
    Column("sla_resolve_due", Instant),
    Column("sla_acknowledge_breached_at", Instant),
    Column("sla_resolve_breached_at", Instant),
    Column("related_to", BigId),
    Column("duplicate_of", BigId),
    Column("impact_at", Instant),
    Column("detected_at", Instant),
    Column("mitigated_at", Instant),
    Column("ended_at", Instant),
    Column("resource", Text),
    Column("link", Text),
    Column("environment", Text),
    Column("labels", Json, nullable=False),
    Column("links", Json, nullable=False),
    Column("tasks", Json, nullable=False),
    Column("postmortem", Json, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("chain", String(64), nullable=False),
    Index("ix_incidents_open", "tenant", "status", "number"),
    Index("ix_incidents_route", "tenant", "route", "opened_at"),
    Index("ix_incidents_counts", "tenant", "status", "severity", "visibility"),
    _where_known("ix_incidents_service", "service", "number"),
    _where_known("ix_incidents_team", "team", "number"),
    _where_known("ix_incidents_assigned_to", "assigned_to", "number"),
)

members = Table(
    "members",
    metadata,
    _tenant(),
    Column("incident", BigId, nullable=False),
    Column("person", String(200), nullable=False),
    PrimaryKeyConstraint("incident", "person", "tenant"),
    Index("ix_members_person", "tenant", "person", "incident"),
)
"""Who may see a private incident; public ones have no rows here."""

tasks = Table(
    "tasks",
    metadata,
    _tenant(),
    Column("incident", BigId, nullable=False),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("owner", Text),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ended_by", Text),
    Column("ended_at", Instant),
    Column("follow_up", Boolean, nullable=False),
    Column("due_on", String(10)),
    Column("ticket", Text),
    Column("priority", String(16), nullable=False),
    Column("snoozed_until", String(10)),
    PrimaryKeyConstraint("incident", "number", "tenant"),
    Index("ix_tasks_made_at", "tenant", "made_at", "incident", "number"),
    _where_known("ix_tasks_owner", "owner", "state", "made_at"),
)
"""The tasks of all incidents, for lists; what an incident keeps of its own is the truth."""

groups = Table(
    "groups",
    metadata,
    _tenant(),
    Column("group_key", Text, nullable=False),
    Column("incident", BigId, nullable=False),
    Column("held", Boolean, nullable=False),
    PrimaryKeyConstraint("tenant", "group_key", "incident"),
    partial(
        "uq_groups_held",
        "tenant",
        "group_key",
        unique=True,
        where="held",
    ),
    Index("ix_groups_incident", "incident"),
)
"""Which incident has which alert group; at most one open incident holds a group."""

alerts = Table(
    "alerts",
    metadata,
    Column("id", String(32), primary_key=True),
    _tenant(),
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
    _tenant(),
    Column("key", String(200), nullable=False),
    Column("alert", String(32), nullable=False),
    PrimaryKeyConstraint("key", "alert", "tenant"),
)

raw_bodies = Table(
    "raw_bodies",
    metadata,
    Column("id", String(32), primary_key=True),
    _tenant(),
    Column("source", String(200), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", String(32), primary_key=True),
    _tenant(),
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
    _tenant(),
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
    _tenant(),
    Column("source", String(200), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("replayed_at", Instant),
    Index("ix_dead_letters_received", "tenant", "received_at"),
)

entries = Table(
    "entries",
    metadata,
    _tenant(),
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
)

entry_bodies = Table(
    "entry_bodies",
    metadata,
    _tenant(),
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
    _tenant(),
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
    _tenant(),
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
    _tenant(),
    Column("stream", String(200), nullable=False),
    Column("count", Integer, nullable=False),
    Column("head", String(64), nullable=False),
    PrimaryKeyConstraint("checkpoint", "tenant", "stream"),
)

timers = Table(
    "timers",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    _tenant(),
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
    _tenant(),
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
    _tenant(),
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
    _tenant(),
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

presence = Table(
    "presence",
    metadata,
    _tenant(),
    Column("person", String(200), nullable=False),
    Column("seen_at", Instant, nullable=False),
    PrimaryKeyConstraint("tenant", "person"),
)
"""When a replica last saw the person's web room open."""

invocations = Table(
    "invocations",
    metadata,
    _tenant(),
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

silences = Table(
    "silences",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    _tenant(),
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

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(32), primary_key=True),
    _tenant(),
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
    _tenant(),
    Column("person", String(200), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)
"""One-time sign-in links (`link`) and the browser sessions (`session`) they open."""

facts = Table(
    "facts",
    metadata,
    _tenant(),
    Column("name", String(100), nullable=False),
    Column("value", Json, nullable=False),
    PrimaryKeyConstraint("tenant", "name"),
)
"""What Muster knows of itself: its instance, whether it is on hold, the next incident number."""

documents = Table(
    "documents",
    metadata,
    Column("number", BigId, primary_key=True, autoincrement=True),
    _tenant(),
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
    Column("added_at", Instant, nullable=False),
    UniqueConstraint("id", "tenant"),
    Index("ix_documents_length", "tenant", "length"),
    _where_known("ix_documents_incident", "incident"),
)
"""What was written down: documents as they were added, and what became of incidents."""

passages = Table(
    "passages",
    metadata,
    _tenant(),
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
    _tenant(),
    Column("incident", BigId, nullable=False),
    PrimaryKeyConstraint("incident", "tenant"),
)
"""Incidents that changed since they were indexed, written in the transaction that changed them."""

askings = Table(
    "askings",
    metadata,
    Column("id", String(32), primary_key=True),
    _tenant(),
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
