"""A fact on an incident's record, chained to the one before it.

The chain covers the envelope (who, when, which type) and a salted digest of the body (words and
changed values). Bodies lie apart, so a body can be erased and the chain still holds. The scheme is
that of a hash-linked log (Haber & Stornetta 1991), with commitments in place of contents.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final, NamedTuple

import orjson

GENESIS: Final = "0" * 64
"""What the first entry of a stream is chained to."""


QUOTES: Final = "quotes"
"""In a note's metadata: the address of the words it quotes, which begin with who said them."""

BEGAN: Final = "began"
"""Metadata of a mended line of talk: the seq of the line that it was at first."""

TAKEN_AWAY: Final = "(taken away by its author)"
"""The words of a message that is not there any more."""

UNHEARD: Final = "unheard"
"""In an entry's metadata: it is for the record alone, in the words of whoever it quotes."""


class EntryType(StrEnum):
    INCIDENT_CREATED = "incident_created"
    INCIDENT_UPDATED = "incident_updated"
    STATE_CHANGED = "state_changed"
    ACKNOWLEDGED = "acknowledged"
    RELEASED = "released"
    ASSIGNED = "assigned"
    ROLE_CHANGED = "role_changed"
    SEVERITY_CHANGED = "severity_changed"
    ESCALATED = "escalated"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"
    REFIRED = "refired"
    ALERT_JOINED = "alert_joined"
    ALL_CLEAR = "all_clear"
    COMMENT_ADDED = "comment_added"
    UPDATE_POSTED = "update_posted"
    LINK_ADDED = "link_added"
    TASK_ADDED = "task_added"
    TASK_CHANGED = "task_changed"
    FOLLOWUP_ADDED = "followup_added"
    FOLLOWUP_CHANGED = "followup_changed"
    MARKED = "marked"
    POSTMORTEM_DRAFTED = "postmortem_drafted"
    POSTMORTEM_EDITED = "postmortem_edited"
    POSTMORTEM_REVIEW = "postmortem_review"
    POSTMORTEM_PUBLISHED = "postmortem_published"
    RENAMED = "renamed"
    ROOM_ADOPTED = "room_adopted"
    PAGED = "paged"
    NOTIFICATION_SENT = "notification_sent"
    NOTIFICATION_FAILED = "notification_failed"
    SLA_WARNING = "sla_warning"
    SLA_BREACHED = "sla_breached"
    SILENCED = "silenced"
    REMINDED = "reminded"
    UNDONE = "undone"
    SIMILAR_FOUND = "similar_found"
    SAID = "said"
    REFUSED = "refused"
    ACTION_EXECUTED = "action_executed"


NEWS: Final = frozenset(
    {
        EntryType.NOTIFICATION_SENT,
        EntryType.NOTIFICATION_FAILED,
        EntryType.POSTMORTEM_DRAFTED,
        EntryType.POSTMORTEM_EDITED,
        EntryType.POSTMORTEM_REVIEW,
        EntryType.POSTMORTEM_PUBLISHED,
        EntryType.SAID,
    }
)
"""What became of what was sent, what is written about the incident afterwards, and what people say
to each other. It leaves the incident, and its live card, as they were."""


class ActorType(StrEnum):
    USER = "user"
    SYSTEM = "system"
    INTEGRATION = "integration"


class Change(NamedTuple):
    """One field of the incident, as JSON values: `old` became `new`."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A fact, never edited.

    `stream` is `incident:42` or `system:<replica>`; `seq` orders within it from 1. `occurred_at` is
    shown, `recorded_at` is when Muster learned it. `origin` says where it came from (platform,
    room, address). `corrects` names the seq that this entry takes back or mends.
    """

    stream: str
    seq: int
    event_id: str
    type: EntryType
    actor_type: ActorType
    actor_id: str
    occurred_at: datetime
    recorded_at: datetime
    actor_name: str = ""
    text: str = ""
    changes: tuple[Change, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    origin: Mapping[str, str] = field(default_factory=dict)
    corrects: int | None = None
    tenant: str = "default"

    def body(self) -> bytes:
        """The erasable part, as canonical JSON."""
        return orjson.dumps(
            {
                "actor_name": self.actor_name,
                "changes": [list(change) for change in self.changes],
                "metadata": dict(self.metadata),
                "text": self.text,
            },
            option=orjson.OPT_SORT_KEYS,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What the chain covers besides the body's digest; kept for ever."""

    tenant: str
    stream: str
    seq: int
    event_id: str
    type: str
    actor_type: str
    actor_id: str
    occurred_at: datetime
    recorded_at: datetime
    origin: Mapping[str, str]
    corrects: int | None

    @classmethod
    def of(cls, entry: Entry) -> "Envelope":
        return cls(
            tenant=entry.tenant,
            stream=entry.stream,
            seq=entry.seq,
            event_id=entry.event_id,
            type=entry.type,
            actor_type=entry.actor_type,
            actor_id=entry.actor_id,
            occurred_at=entry.occurred_at,
            recorded_at=entry.recorded_at,
            origin=entry.origin,
            corrects=entry.corrects,
        )


def body_digest(salt: str, body: bytes) -> str:
    """64 hex digits; the salt keeps a guess at an erased body from being proved."""
    return sha256(salt.encode() + body).hexdigest()


def link(previous: str, envelope: Envelope, digest: str) -> str:
    """The hash of this entry, given the hash of the one before it."""
    covered = orjson.dumps(
        [
            previous,
            digest,
            envelope.tenant,
            envelope.stream,
            envelope.seq,
            envelope.event_id,
            envelope.type,
            envelope.actor_type,
            envelope.actor_id,
            envelope.occurred_at.astimezone(UTC),  # as the database gives it back
            envelope.recorded_at.astimezone(UTC),
            dict(envelope.origin),
            envelope.corrects,
        ],
        option=orjson.OPT_SORT_KEYS,
    )
    return sha256(covered).hexdigest()


def incident_stream(number: int) -> str:
    return f"incident:{number}"
