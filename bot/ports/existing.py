"""A channel that people had already, looked at before it becomes the room of an incident."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LOOKS_BACK: Final = timedelta(hours=4)
"""What was said there for so long goes into the timeline."""

MOST_LINES: Final = 100

HERE: Final = "here"
"""The field of a form that asks for the channel one is in."""


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody said: who and where stands in the text, `at` is when (aware UTC), `where` the
    address of the message, by which it is followed."""

    at: datetime
    text: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Existing:
    """`channel` is the platform's id. `people` are the persons in it that we know, by id; they are
    asked for only where it is private. `said` is what was said there lately, the oldest first."""

    channel: str
    name: str
    private: bool = False
    people: tuple[str, ...] = ()
    said: tuple[Line, ...] = ()


Survey = Callable[[str], Awaitable[Existing]]
"""Looks at a channel, by the platform's id.

Raises:
    Invalid: it cannot become a room; the text says why, and what to do.
"""
