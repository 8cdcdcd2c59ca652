"""What people wrote in Slack, as the words they saw.

Slack writes mentions, channels and addresses as `<…>` and three characters as entities:
https://docs.slack.dev/messaging/formatting-message-text#escaping
"""

import re
from collections.abc import Callable
from typing import Final

_ANGLE: Final = re.compile(r"<([@#!][^<>|]+|[A-Za-z][\w+.-]*:[^<>|\s]+)(?:\|([^<>]*))?>")
_USER: Final = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))

NameOf = Callable[[str], str | None]
"""A Slack user's id → the id of the person, where they are known."""


def words(text: str, name_of: NameOf) -> str:
    """`<@U1> sees <https://a.example|a.example>` → `@ann sees a.example`."""

    def seen(found: re.Match[str]) -> str:
        return _seen(found[1], found[2] or "", name_of)

    said = _ANGLE.sub(seen, text)
    for entity, char in _ENTITIES:
        said = said.replace(entity, char)
    return said.strip()


def mentioned(text: str) -> list[str]:
    """The ids of the users it names, each once."""
    return [*dict.fromkeys(_USER.findall(text))]


def without_mention(text: str, bot: str) -> str:
    """What is said to the bot: what follows its mention, else what goes before it."""
    before, mention, after = _parted(text, bot)
    return (after.strip() or before.strip()) if mention else text.strip()


def _parted(text: str, bot: str) -> tuple[str, str, str]:
    name = re.escape(bot) if bot else "[UW][A-Z0-9]+"
    found = re.search(rf"<@{name}(?:\|[^<>]*)?>", text)
    if found is None:
        return text, "", ""
    return text[: found.start()], found[0], text[found.end() :]


def _seen(inside: str, label: str, name_of: NameOf) -> str:
    kind, rest = inside[:1], inside[1:]
    match kind:
        case "@":
            return "@" + (name_of(rest) or label or rest)
        case "#":
            return "#" + (label or rest)
        case "!":
            return label or "@" + rest.partition("^")[0]
        case _:
            return _address(inside, label)


def _address(url: str, label: str) -> str:
    """Slack makes links of bare names too; those are shown as they were typed."""
    bare = url.removeprefix("mailto:").removeprefix("http://").removeprefix("https://").rstrip("/")
    if not label or label == url:
        return url
    return label if label.rstrip("/") == bare else f"{label} ({url})"
