"""What people read when they look at blocks."""

import re
from typing import Any

from tests.fakes.slack.state import Message


def spoken(message: Message) -> str:
    """All words of a message: its text, what its blocks say, and what its attachments say."""
    return "\n".join([message.text, *_texts(message.blocks), *_texts(message.attachments)])


def words_of(blocks: list[dict[str, Any]]) -> str:
    return "\n".join(_texts(blocks))


PING = re.compile(r"<(!channel|!here|!everyone|@[UW]\w+|!subteam\^\w+)(?:\|[^>]*)?>")


def pings(message: Message) -> list[str]:
    """Whom it calls: `!channel`, `@U0ANN`, `!subteam^S0PAYMENTS`. Plain text calls nobody.

    https://docs.slack.dev/messaging/formatting-message-text
    """
    parts = [message.text, *_mrkdwn(message.blocks), *_mrkdwn(message.attachments)]
    return [found for part in parts for found in PING.findall(part)]


def _mrkdwn(said: Any) -> list[str]:
    if isinstance(said, list):
        return [text for part in said for text in _mrkdwn(part)]
    if not isinstance(said, dict):
        return []
    own = [said["text"]] if said.get("type") in ("mrkdwn", "markdown") else []
    if "type" not in said:  # an attachment's own fields
        words = ("text", "pretext", "fallback")
        own += [said[name] for name in words if isinstance(said.get(name), str)]
    return own + [text for part in said.values() for text in _mrkdwn(part)]


def _texts(said: Any) -> list[str]:
    if isinstance(said, list):
        return [text for part in said for text in _texts(part)]
    if not isinstance(said, dict):
        return []
    own = [said["text"]] if isinstance(said.get("text"), str) else []
    return own + [text for part in said.values() for text in _texts(part)]
