"""Spans of a text that can be quoted: sentences and points of lists, where they stand."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

SHORTEST: Final = 20
LONGEST: Final = 420
"""Characters of something that can be quoted."""

_END: Final = re.compile(r"[.!?][\"')\]]?(?=\s)")
_POINT: Final = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+")
_NOISE: Final = re.compile(r"^\s*(?:#{1,6}\s|[|=_*-]{3,}\s*$|\||!\[|<|```|~~~|https?://\S+\s*$)")
_FENCE: Final = re.compile(r"^\s*(?:```|~~~)")
_AROUND: Final = " \t\r\n*_>"


class Span(NamedTuple):
    start: int
    end: int


def sentences(text: str, start: int, end: int) -> Iterator[Span]:
    """What can be quoted of `text[start:end]`, in order; headings, tables and code cannot."""
    for first, last in _blocks(text, start, end):
        begin = first
        for found in _END.finditer(text, first, last):
            yield from _fitting(text, begin, found.end())
            begin = found.end()
        yield from _fitting(text, begin, last)


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Paragraphs and points of lists: lines that belong together."""
    begin: int | None = None
    place, fenced = start, False
    for line in text[start:end].splitlines(keepends=True):
        after = place + len(line)
        fence = _FENCE.match(line) is not None
        if fenced or fence or not line.strip() or _NOISE.match(line):
            if begin is not None:
                yield begin, place
            begin = None
        elif (point := _POINT.match(line)) is not None:
            if begin is not None:
                yield begin, place
            begin = place + point.end()
        elif begin is None:
            begin = place
        fenced = fenced is not fence
        place = after
    if begin is not None:
        yield begin, place


def _fitting(text: str, start: int, end: int) -> Iterator[Span]:
    said = text[start:end]
    first = start + len(said) - len(said.lstrip(_AROUND))
    last = end - (len(said) - len(said.rstrip(_AROUND)))
    if SHORTEST <= last - first <= LONGEST:
        yield Span(first, last)
