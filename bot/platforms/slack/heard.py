"""What somebody did in Slack, once its payload was read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Way(StrEnum):
    """How it came; Slack wants each answered in its own manner."""

    EVENT = "event"
    SLASH = "slash"
    CLICK = "click"
    FORM = "form"


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """A user, and the workspace they are of."""

    user: str
    team: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where somebody is, and how they can be answered: see `bot.platforms.slack.voice`.

    `thread` is the timestamp of the thread's first message, `message` that of what they pressed.
    `response_url` and `trigger` are what Slack lends us for 30 minutes and for 3 seconds.
    `ephemeral`: they pressed a message that only they see, which the answer may take the place of.
    `home`: they pressed something on their Home tab, which is stale until it is made anew.
    """

    channel: str = ""
    thread: str = ""
    message: str = ""
    response_url: str = ""
    trigger: str = ""
    ephemeral: bool = False
    home: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Somebody's message; `at` is its timestamp, as Slack writes it.

    `marked`: it is pinned, or has a reaction that puts it into the timeline.
    """

    channel: str
    at: str
    user: str = ""
    thread: str = ""
    text: str = ""
    permalink: str = ""
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A command, typed, pressed or filled in.

    `about` is the message it was called on, `seen` the version that a pressed button was shown at.
    """

    key: str
    by: By
    way: Way
    text: str
    where: Where = Where()
    answers: Mapping[str, str] | None = None
    about: Message | None = None
    seen: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForTimeline:
    """A message is to stand in the timeline. `message` is None where only its place is known.

    `unmarked`: a pin or a reaction was taken off it; without another one it stands there no more.
    """

    key: str
    by: By
    way: Way
    channel: str
    at: str
    message: Message | None = None
    where: Where = Where()
    unmarked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Talked:
    """People said something to each other."""

    key: str
    by: By
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Reworded:
    """Somebody changed their message, or it was deleted; `by` is its author, if Slack says who.

    `message` is as it is told of, without words where it was deleted.
    """

    key: str
    by: By | None
    channel: str
    at: str
    message: Message
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Somebody came into a channel at `seconds` since 1970."""

    by: By
    channel: str
    seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeOpened:
    by: By


Asked = Said | ForTimeline | Talked | Joined
"""What is kept before it is acknowledged; of what was reworded, what stands somewhere."""

Heard = Asked | Reworded | HomeOpened


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack itself is told."""

    status: int = 200
    body: Mapping[str, object] = field(default_factory=dict)


OK = Answer()
AGAIN = Answer(503)
"""Slack sends an event again: https://docs.slack.dev/apis/events-api#error-handling"""
