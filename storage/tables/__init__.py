"""Every table, gathered. Each has `tenant`, and it stands in every unique key.

What must be unique is unique here, by constraint; the code only makes it rare that one bites. Where
a key is asked for without its tenant, the tenant stands last in it, so that its index serves.
A module holds one area; a table that is not named here does not exist for the migrations' test.
"""

from storage.tables.analysis import analyses, model_usage, suggestions
from storage.tables.analyst import analyst_jobs
from storage.tables.base import metadata
from storage.tables.incident import groups, incidents, members, tasks
from storage.tables.instance import facts
from storage.tables.intake import (
    alerts,
    dead_letters,
    event_keys,
    events,
    inhibitors,
    raw_bodies,
    silences,
)
from storage.tables.library import askings, documents, documents_due, passages
from storage.tables.outbox import effects, notices, places, timers
from storage.tables.people import invocations, logins, presence, tokens
from storage.tables.record import chains, checkpoint_heads, checkpoints, entries, entry_bodies

__all__ = [
    "alerts",
    "analyses",
    "analyst_jobs",
    "askings",
    "chains",
    "checkpoint_heads",
    "checkpoints",
    "dead_letters",
    "documents",
    "documents_due",
    "effects",
    "entries",
    "entry_bodies",
    "event_keys",
    "events",
    "facts",
    "groups",
    "incidents",
    "inhibitors",
    "invocations",
    "logins",
    "members",
    "metadata",
    "model_usage",
    "notices",
    "passages",
    "places",
    "presence",
    "raw_bodies",
    "silences",
    "suggestions",
    "tasks",
    "timers",
    "tokens",
]
