"""What must happen outside, kept as a row until it has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final


class EffectKind(StrEnum):
    """Closed: a platform does some of these, and says which."""

    OPEN_ROOM = "OpenRoom"
    ADOPT_ROOM = "AdoptRoom"
    RENAME_ROOM = "RenameRoom"
    ARCHIVE_ROOM = "ArchiveRoom"
    UNARCHIVE_ROOM = "UnarchiveRoom"
    INVITE = "Invite"
    REMOVE = "Remove"
    SET_TOPIC = "SetTopic"
    BOOKMARK = "Bookmark"
    POST = "Post"
    EDIT_CARD = "EditCard"
    EPHEMERAL = "Ephemeral"
    PIN = "Pin"
    REACT = "React"
    UPLOAD = "Upload"
    DIRECT_MESSAGE = "DirectMessage"
    PUBLISH_HOME = "PublishHome"
    PAGE = "Page"
    NOTIFY = "Notify"
    WEBHOOK = "Webhook"


TO_PEOPLE: Final = frozenset({EffectKind.PAGE, EffectKind.DIRECT_MESSAGE, EffectKind.NOTIFY})
"""Effects with a person at the other end: their order is the person's."""


def of_level(payload: Mapping[str, Any], round: int) -> bool:
    """Whether a page with this payload was rung by a level of this paging round.

    What a person rang by hand, and what the manager's clock rang, is of no level.
    """
    return payload["round"] == round and str(payload["step"]).isdigit()


SUBSTITUTES: Final[dict[EffectKind, EffectKind]] = {
    EffectKind.EPHEMERAL: EffectKind.DIRECT_MESSAGE,
    EffectKind.ADOPT_ROOM: EffectKind.OPEN_ROOM,
    EffectKind.PIN: EffectKind.POST,
}
"""What is queued where a platform cannot do the effect itself; nothing, where it is not here."""

IN_ROOMS: Final = frozenset(
    {
        EffectKind.RENAME_ROOM,
        EffectKind.ARCHIVE_ROOM,
        EffectKind.UNARCHIVE_ROOM,
        EffectKind.INVITE,
        EffectKind.REMOVE,
        EffectKind.SET_TOPIC,
        EffectKind.BOOKMARK,
        EffectKind.PIN,
    }
)
"""Effects that mean nothing without a room: they wait for it, and vanish if it never opens."""

KEEPS: Final = "keeps"
"""In a post's payload: the slot under which is remembered where it stands."""

MENDS: Final = "mends"
"""In a post's payload: the slot of the post whose place it takes."""


def talk_slot(seq: int) -> str:
    """Where a line that was said elsewhere stands."""
    return f"talk:{seq}"


KEPT_FOR: Final = timedelta(days=7)
"""How long a post waits for its platform before it is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One thing to do outside, once.

    `key` is unique for ever: queueing it again changes nothing. `destination` is the platform or
    channel that does it. `ordering` (platform and conversation, or the person) keeps order: only
    the oldest unfinished effect of an ordering key is done. An EditCard carries no card: it is
    rendered when it is done, for the incident's version of that moment.
    """

    key: str
    kind: EffectKind
    destination: str
    ordering: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    incident: int | None = None
    version: int | None = None
    due_at: datetime | None = None
    expires_at: datetime | None = None


def kind_at(effect: Any) -> str:
    """What rests where a kind of effect comes too fast: `slack EditCard`."""
    return f"{effect.destination} {effect.kind}"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform or channel can do at all; `announces`: it has a place for announcements,
    `digests`: one for what nobody is told of."""

    effects: frozenset[EffectKind]
    private_replies: bool = True
    rooms: bool = True
    announces: bool = False
    digests: bool = False

    def choose(self, kind: EffectKind) -> EffectKind | None:
        """The effect itself, its declared substitute, or None."""
        if kind in self.effects:
            return kind
        substitute = SUBSTITUTES.get(kind)
        return substitute if substitute in self.effects else None
