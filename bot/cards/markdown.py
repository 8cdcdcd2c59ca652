"""The little Markdown of our own words (bot.domain.card.Text), cut up to be dressed anew."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Look(StrEnum):
    PLAIN = "plain"
    BOLD = "bold"
    ITALIC = "italic"
    CODE = "code"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Span:
    """Words that look alike; `url` where they are a link (http or https)."""

    text: str
    look: Look = Look.PLAIN
    url: str = ""


_MARKED: Final = re.compile(
    r"""
      \\ (?P<plain> [\\`*_\[\]()<>~|] )
    | \*\* (?P<bold> (?: \\. | [^*\\] )+ ) \*\*
    | \* (?P<italic> (?!\s) (?: \\. | [^*\\] )+ ) \*
    | ` (?P<code> (?: \\. | [^`\\] )+ ) `
    | \[ (?P<link> (?: \\. | [^\[\]\\] )+ ) \] \( (?P<url> https?:// (?: \\. | [^\s()\\] )+ ) \)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED: Final = re.compile(r"\\([\\`*_\[\]()<>~|])")


def spans(markdown: str) -> Iterator[Span]:
    """Bold, italic, code and links, one within another not; backslashes undone (see `plain`)."""
    done = 0
    for found in _MARKED.finditer(markdown):
        if found.start() > done:
            yield Span(markdown[done : found.start()])
        done = found.end()
        look = next(look for look in Look if found[look] is not None)
        yield Span(_unescaped(found[look]), look, _unescaped(found["url"] or ""))
    if done < len(markdown):
        yield Span(markdown[done:])


def bare(markdown: str) -> str:
    """The words alone, as they are read."""
    return "".join(span.text for span in spans(markdown))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)
