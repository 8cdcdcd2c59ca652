"""An entry of an incident's record."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from typing_extensions import TypedDict

from bot.domain.entry import ActorType, Entry, EntryType
from handlers.api.shown.incident import POINTERS, RENAMED, shown_value


class ActorShown(TypedDict):
    type: ActorType
    id: str
    name: str


class ChangeShown(TypedDict):
    field: str
    old: Any
    new: Any


class EntryShown(TypedDict):
    """A fact. `seq` orders, `timestamp` is shown; `corrects` names the seq it takes back."""

    seq: int
    event_id: str
    incident_id: str
    event_type: EntryType
    timestamp: datetime
    recorded_at: datetime
    actor: ActorShown
    notes: str
    changes: Sequence[ChangeShown]
    metadata: Mapping[str, Any]
    origin: Mapping[str, str]
    corrects: int | None


class EntriesShown(TypedDict):
    """By seq."""

    items: Sequence[EntryShown]
    next_cursor: str | None


def mentioned(entries: Iterable[Entry]) -> set[int]:
    """Numbers of the incidents that entries point at."""
    return {
        value
        for entry in entries
        for change in entry.changes
        if change.field in POINTERS
        for value in (change.old, change.new)
        if value is not None
    }


def show_entry(entry: Entry, incident_id: str, ids: Mapping[int, str]) -> EntryShown:
    """`ids` are those of `mentioned` that exist for the asker."""
    return {
        "seq": entry.seq,
        "event_id": entry.event_id,
        "incident_id": incident_id,
        "event_type": entry.type,
        "timestamp": entry.occurred_at,
        "recorded_at": entry.recorded_at,
        "actor": {"type": entry.actor_type, "id": entry.actor_id, "name": entry.actor_name},
        "notes": entry.text,
        "changes": [
            {
                "field": RENAMED.get(name, name),
                "old": shown_value(name, old, ids),
                "new": shown_value(name, new, ids),
            }
            for name, old, new in entry.changes
        ],
        "metadata": entry.metadata,
        "origin": entry.origin,
        "corrects": entry.corrects,
    }
