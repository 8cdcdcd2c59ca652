"""What every payload of Slack's is made of: ids, times, texts, messages."""

import re
from collections.abc import Mapping
from typing import Any, Final

from bot.platforms.slack.heard import Message

Payload = Mapping[str, Any]

FOR_TIMELINE: Final = frozenset({"pushpin", "round_pushpin", "memo"})
"""Reactions that put a message into the timeline."""

_ID: Final = re.compile(r"[\w.:-]{1,100}", re.ASCII)
_TIME: Final = re.compile(r"[0-9]{1,10}\.[0-9]{1,9}", re.ASCII)


def text_of(payload: Any, *path: str) -> str:
    """The text at the end of the path, empty where there is none; a number is no text."""
    for name in path:
        payload = payload.get(name) if isinstance(payload, Mapping) else None
    return payload.replace("\0", "\ufffd") if isinstance(payload, str) else ""


def id_of(payload: Any, *path: str) -> str:
    """An id or a timestamp, where Slack always gives one. Raises ValueError."""
    said = text_of(payload, *path)
    if not _ID.fullmatch(said):
        raise ValueError(".".join(path))
    return said


def time_of(payload: Any, *path: str) -> str:
    """A timestamp of a message, as Slack writes it. Raises ValueError."""
    said = text_of(payload, *path)
    if not _TIME.fullmatch(said):
        raise ValueError(".".join(path))
    return said


def message_of(said: Payload, channel: str) -> Message:
    files = ", ".join(text_of(file, "name") or "a file" for file in said.get("files") or ())
    text = text_of(said, "text") or (f"({files})" if files else "")
    return Message(
        channel=channel,
        at=time_of(said, "ts"),
        user=text_of(said, "user"),
        thread=text_of(said, "thread_ts"),
        text=text,
        permalink=text_of(said, "permalink"),
        marked=_marked(said),
    )


def _marked(said: Payload) -> bool:
    names = {text_of(one, "name") for one in said.get("reactions") or ()}
    return bool(said.get("pinned_to")) or not FOR_TIMELINE.isdisjoint(names)
