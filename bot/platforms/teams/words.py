"""What people wrote in Teams, as the words they saw.

A mention stands in the text as `<at>Ben</at>`, and an entity says who is meant. What a message
action is called on comes as HTML.
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/channel-and-group-conversations
"""

import html
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import Final

_AT: Final = re.compile(r"<at[^<>]{0,200}>(.*?)</at>", re.DOTALL)
_TAGGED: Final = re.compile(r"<at\b[^<>]{0,200}>(.*?)</at>", re.DOTALL | re.IGNORECASE)
_BLOCK: Final = re.compile(r"</?(?:p|div|br)(?:\s[^<>]{0,200})?/?>", re.IGNORECASE)
_UNSEEN: Final = re.compile("[\u200b\ufeff]")
_BREAKS: Final = frozenset({"br", "p", "div", "li", "tr", "blockquote"})
_SPACES: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r"\n{3,}")

NameOf = Callable[[str], str | None]
"""A Teams id → the id of the person, where they are known."""


def words(text: str, mentions: Mapping[str, str], name_of: NameOf) -> str:
    """`<at>Ben</at> has it` → `@ben has it`; who is not known keeps the name that was shown."""

    def seen(found: re.Match[str]) -> str:
        person = name_of(mentions.get(found[0], ""))
        return "@" + (person or html.unescape(found[1]).strip())

    return _tidy(html.unescape(_AT.sub(seen, text)))


def as_written(text: str) -> str:
    """What Teams' clients wrap around the words, each in its own way, is taken off.

    What somebody typed is never touched: their `<p>` comes as `&lt;p&gt;`.
    """
    marked = _TAGGED.sub(lambda found: f"<at>{found[1]}</at>", _UNSEEN.sub("", text))
    return _BLOCK.sub("\n", marked).replace("&nbsp;", " ").strip()


def without_mention(text: str, at: str) -> str:
    """What is said to the bot: what follows its mention (`<at>Muster</at>`), else what goes before
    it."""
    if not at or at not in text:
        return text.strip()
    before, _, after = text.partition(at)
    return after.replace(at, " ").strip() or before.strip()


def from_html(said: str) -> str:
    """The words of a message as Teams keeps it."""
    reader = _Words()
    reader.feed(said)
    reader.close()
    return _tidy("".join(reader.said))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "br":
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKS:
            self.said.append("\n")


def _tidy(text: str) -> str:
    lines = (_SPACES.sub(" ", line).strip() for line in text.replace("\u00a0", " ").splitlines())
    return _LINES.sub("\n\n", "\n".join(lines)).strip()
