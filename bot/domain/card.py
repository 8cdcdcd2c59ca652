"""What Muster says, before a platform says it.

A card is a handful of frozen elements. A renderer per platform turns each element into that
platform's own form; nothing else in the program knows a block, an adaptive card or a tag of HTML.

Two kinds of text: `Text`, our own words, with a little Markdown (`**bold**`, `*italic*`,
`` `code` `` and `[label](https://…)`); and `Foreign`, words from outside, which a renderer shows as
they are, escaped, with no meaning at all. Whatever an alert or a person said goes into `Foreign`,
or through `plain()` where it must stand inside our own sentence.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Tone(StrEnum):
    """Colour says state."""

    NEUTRAL = "neutral"
    ALARM = "alarm"
    ACTIVE = "active"
    CALM = "calm"
    MUTED = "muted"


class Style(StrEnum):
    NORMAL = "normal"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Text:
    markdown: str


@dataclass(frozen=True, slots=True)
class Foreign:
    """Words from outside, shown as they are."""

    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, shown in the reader's own zone."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Ref:
    """A link that we vouch for: to an incident, a runbook, a dashboard."""

    label: str
    url: str


Value = str | Foreign | Moment | Ref
"""What a fact may hold; a plain `str` is our own word."""


@dataclass(frozen=True, slots=True)
class Fact:
    """`old` is shown struck through before the value."""

    name: str
    value: Value
    old: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a list: a value, words about it, and perhaps when."""

    value: Value
    about: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Items:
    items: tuple[Item, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A command typed for you. `confirm` asks first; only for what cannot be undone."""

    label: str
    command: str
    style: Style = Style.NORMAL
    confirm: str = ""


@dataclass(frozen=True, slots=True)
class Buttons:
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Warning:
    """Something the reader must not overlook."""

    text: str


Element = Text | Foreign | Facts | Items | Buttons | Warning


@dataclass(frozen=True, slots=True)
class Card:
    """`fallback` is the whole card as plain text, for notifications and screen readers."""

    title: str
    body: tuple[Element, ...] = ()
    tone: Tone = Tone.NEUTRAL
    emoji: str = ""
    fallback: str = field(default="")


def say(text: str, *buttons: Button) -> Card:
    """A one-line answer in our own words."""
    return Card(text, (Buttons(buttons),) if buttons else ())


def plain(text: str) -> str:
    """Foreign words for the middle of our own sentence: one line, and no Markdown in them."""
    line = " ".join(text.split())
    return "".join(f"\\{char}" if char in "\\`*_[]()<>~|" else char for char in line)
