"""What somebody did in Teams, once its activity was read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from bot.platforms.teams.addresses import THREAD


class Way(StrEnum):
    """How it came; Teams wants each answered in its own manner."""

    MESSAGE = "message"
    PRESS = "press"  # Action.Execute: answered with a card, or words
    OPEN = "open"  # task/fetch, composeExtension/fetchTask: answered with a dialog
    FORM = "form"  # task/submit, composeExtension/submitAction: a dialog again, or closed


class Kind(StrEnum):
    """`conversationType`."""

    PERSONAL = "personal"
    GROUP = "groupChat"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """`user` is Teams' id (`29:…`), good towards this bot alone; `aad` the object id in Entra,
    empty for those who have none here. `zone` is an IANA name, as their client says."""

    user: str
    aad: str = ""
    name: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where somebody is. `room` is the conversation without its thread, `thread` the id of the
    thread's first message (empty in chats), `message` the card that was pressed. `team` is that of
    a channel; `service_url` is where the Connector wants its answers."""

    room: str
    kind: Kind
    service_url: str
    thread: str = ""
    message: str = ""
    team: str = ""

    @property
    def conversation(self) -> str:
        """As the Connector names it, thread and all."""
        return f"{self.room}{THREAD}{self.thread}" if self.thread else self.room

    @property
    def is_private(self) -> bool:
        """Nobody else reads here."""
        return self.kind is Kind.PERSONAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Somebody's message. `at` is its id: milliseconds since 1970."""

    at: str
    by: By
    text: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A command, typed, pressed or filled in. `about` is the message it was called on, `seen` the
    version of the incident that the button was shown at, `card` the incident whose live card it
    stands on.
    `mentions` are those named in the text: what stands there (`<at>Ben</at>`) → their Teams id."""

    key: str
    by: By
    way: Way
    text: str
    where: Where
    answers: Mapping[str, str] | None = None
    about: Message | None = None
    seen: int | None = None
    card: int | None = None
    mentions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForTimeline:
    """A message is to stand in the timeline: asked for by a message action (OPEN), or because it
    was said in a room whose talk is kept (MESSAGE)."""

    key: str
    by: By
    way: Way
    message: Message
    where: Where
    mentions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A message was edited, or taken away (`text` None). `is_command`: it was said to us."""

    key: str
    by: By
    where: Where
    at: str
    text: str | None
    is_command: bool = False
    mentions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """A client asks for the card of an incident as its reader may see it."""

    by: By
    where: Where
    incident: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The bot was installed or removed, or a team or channel was renamed or is gone.

    `event` is Teams' own word; `name` the new one, where there is one.
    """

    by: By
    where: Where
    event: str
    name: str = ""


Asked = Said | ForTimeline
"""What is kept before it is acknowledged; of what was changed, what stands somewhere."""

Heard = Asked | Changed | Refreshed | Moved


@dataclass(frozen=True, slots=True)
class Answer:
    """What Teams itself is told; `body` None says nothing."""

    status: int = 200
    body: Any = None


OK: Final = Answer()
AGAIN: Final = Answer(503)
UNKNOWN: Final = Answer(501)
"""An invoke that nobody here knows."""
