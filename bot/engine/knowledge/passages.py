"""Documents cut by their structure: each passage stands under its heading and can be quoted.

A passage is a span of the document's text, never a copy: `text[start:end]`, so that what is quoted
is what is there.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from bot.engine.knowledge.fences import Fence

LONG: Final = 1_200
"""Characters; a passage that grew past this ends with its paragraph."""

_HEADING: Final = re.compile(r"^(#{1,6})\s+(.+?)\s*#*\s*$")
_UNDERLINE: Final = re.compile(r"^(=+|-{3,})\s*$")


class Passage(NamedTuple):
    """`text[start:end]` of a document, under the headings it stands beneath."""

    start: int
    end: int
    heading: str


def passages(text: str) -> list[Passage]:
    """The text in passages, in order; blank ones are left out."""
    found: list[Passage] = []
    for start, end, heading in _sections(text):
        for first, last in _pieces(text, start, end):
            if text[first:last].strip():
                found.append(Passage(first, last, heading))
    return found


def _sections(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, headings above) of each stretch between two headings."""
    above: list[tuple[int, str]] = []
    begin, place, fence = 0, 0, Fence()
    for line in text.splitlines(keepends=True):
        heading = None if fence.takes(line) else _HEADING.match(line)
        if heading:
            yield begin, place, " > ".join(said for _, said in above)
            depth = len(heading[1])
            above = [(d, said) for d, said in above if d < depth]
            above.append((depth, heading[2]))
            begin = place + len(line)
        place += len(line)
    yield begin, place, " > ".join(said for _, said in above)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A section in pieces of about LONG characters, cut between lines, blank ones first."""
    begin = start
    while end - begin > LONG:
        cut = text.rfind("\n\n", begin + LONG // 3, begin + LONG)
        if cut < 0:
            cut = text.rfind("\n", begin + LONG // 3, begin + LONG)
        if cut < 0:
            cut = text.rfind(". ", begin + LONG // 3, begin + LONG)
        cut = begin + LONG if cut < 0 else cut + 1
        yield begin, cut
        begin = cut
    yield begin, end
