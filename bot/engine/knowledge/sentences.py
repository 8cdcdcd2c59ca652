"""Spans of a text that can be quoted: sentences and points of lists, where they stand.

A sentence that leads to a list or a command takes it along as far as it fits: alone it says
nothing. Headings, tables, links without words and bare code cannot be quoted.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import Final, NamedTuple

from bot.engine.knowledge.fences import Fence

SHORTEST: Final = 20
LONGEST: Final = 420
"""Characters of something that can be quoted, not counting where its links lead."""

FEWEST: Final = 3
"""Words of something that can be quoted."""

_END: Final = re.compile(r"[.!?][\"')\]*_]*(?=\s)")
_SHORT: Final = re.compile(
    r"\b(?:e\.g|i\.e|vs|approx|cf|resp|incl|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mr|dr|st|"
    r"(?-i:[A-Z]))\.$",
    re.IGNORECASE,
)
"""A full stop that ends no sentence."""

_LONGEST_SHORT: Final = 10

_POINT: Final = re.compile(r"^[\s>]*(?:[-*+•]|(?:\d+|[a-z])[.)])\s+")
_HEADING: Final = re.compile(r"^(#{1,6})\s+(.+?)\s*#*\s*$")
_NOISE: Final = re.compile(
    r"^\s*(?:[|=_*-]{3,}\s*$|\||!\[|<(?!https?:)|\[[^\]]+\]:\s|\[\[_\w+_\]\]|"
    r"[\w@~-]*[=$][#>$]?\s|[-+]{4,}|(`+)[^`]+\1\s*$)"
)
_SPOKEN: Final = re.compile(r"^\s*>")
_CHAT: Final = re.compile(r"^[\s>]*[\w .'-]{2,40} \[[^\]]*\b(?:AM|PM|ago)\]\s*$")
_LABEL: Final = re.compile(
    r"^[\s>]*_?(\*\*|__)(?![\s*])([^*\n]{1,60}?)(?:[:?.]_?\1|\1(?=\s*(?:[:\u2013\u2014-]|$)))"
    r"_?[\s:\u2013\u2014-]*"
)
_SECTION: Final = re.compile(
    r"^\s*(?:overview|(?:issue |executive )?summary|background|what happened\??|impact|detection|"
    r"resolution(?: and recovery)?|root causes?(?: analysis)?|causes?|contributing factors|"
    r"mitigation|remediation|recovery|timeline|(?:lessons|what we) learn(?:ed|t)|attendees|"
    r"where we got lucky|what (?:went|didn.?t go) .{2,12}|action items|next steps|"
    r"follow.?ups?|stats)\s*:?\s*$",
    re.IGNORECASE,
)
_STAMP: Final = re.compile(
    r"^[\s>*_`\[(~]*(?:\d{4}-\d\d-\d\d|\d{1,2}:\d\d\b|"
    r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? \w+ \d|"
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?,)",
    re.IGNORECASE,
)
_TASK: Final = re.compile(r"^\[[ xX]\]\s+")
_AROUND: Final = re.compile(r"(?:\s|>|[-*+•]\s)*")
_LEADS: Final = re.compile(r":\W*$")
_POINTS_ON: Final = re.compile(r"\b(?:following|below)\b[^.!?]*\.?\s*$", re.IGNORECASE)
_LINK: Final = re.compile(r"\[[^\]]*\](?:\([^()]*\)|\[[^\]]*\])\.?")
_TARGET: Final = re.compile(
    r"(?<=\])(?:\([^()\s]*(?:\([^()]*\)[^()\s]*)*\)|\[[^\]]*\])|<?https?://\S+"
)


class Kind(Enum):
    PLAIN = "plain"
    STAMPED = "stamped"
    """A line of a timeline or of a chat."""

    TASK = "task"
    """A box to tick."""

    LEADING = "leading"
    """It ends in a colon, and what it leads to is not part of it."""


class Span(NamedTuple):
    """`under`: the headings and labels that it stands beneath."""

    start: int
    end: int
    under: str = ""
    kind: Kind = Kind.PLAIN


class _Block(NamedTuple):
    """Lines that belong together. `above`: what it stands beneath."""

    start: int
    end: int
    above: str
    kind: Kind = Kind.PLAIN
    point: bool = False
    code: bool = False


def words_of(said: str) -> str:
    """What is quoted, without the addresses of its links."""
    return _TARGET.sub("", said)


def sentences(text: str) -> list[Span]:
    """What can be quoted of a text, in order."""
    blocks = list(_Blocks(text))
    return [span for place in range(len(blocks)) for span in _of(text, blocks, place)]


def _of(text: str, blocks: Sequence[_Block], place: int) -> Iterator[Span]:
    block = blocks[place]
    if block.code:
        return
    begin = block.start
    for end in _ends(text, block):
        span = Span(begin, end, block.above, block.kind)
        leads = _LEADS.search(text, begin, end) is not None
        if end == block.end and (leads or _POINTS_ON.search(text, begin, end)):
            led = _led_to((blocks[n] for n in range(place + 1, len(blocks))), begin, block.above)
            span = span._replace(
                end=led or end, kind=Kind.LEADING if leads and not led else span.kind
            )
        yield from _fitting(text, span)
        begin = end


def _ends(text: str, block: _Block) -> Iterator[int]:
    """Where its sentences end."""
    end = block.start + len(text[block.start : block.end].rstrip())
    for found in _END.finditer(text, block.start, block.end):
        last = found.end()
        if last < end and not _SHORT.search(text, max(block.start, last - _LONGEST_SHORT), last):
            yield last
    yield block.end


def _led_to(after: Iterable[_Block], begin: int, above: str) -> int:
    """Where the list or the code ends that a sentence leads to, as far as it fits; else 0."""
    end = 0
    for block in after:
        leads = (block.code and not end) or block.point
        if block.above != above or not leads or block.end - begin > LONGEST:
            break
        end = block.end
        if block.code:
            break
    return end


def _fitting(text: str, span: Span) -> Iterator[Span]:
    start, end = _bare(text, span.start, span.end)
    task = _TASK.match(text[start:end])
    if task:
        start, span = start + task.end(), span._replace(kind=Kind.TASK)
    said = words_of(text[start:end]).strip(" \t\r\n*_>[]().")
    if _LINK.fullmatch(text, start, end):
        return
    if SHORTEST <= len(said) <= LONGEST and len(said.split()) >= FEWEST:
        yield span._replace(start=start, end=end)


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """Without what stands around it: spaces, marks of quotations, emphasis of the whole of it."""
    around = _AROUND.match(text, start, end)
    start = around.end() if around else start
    while start < end and text[end - 1].isspace():
        end -= 1
    for mark in ("**", "__", "*", "_"):
        said = text[start:end]
        opens, closes = said.startswith(mark), said.endswith(mark)
        if said.count(mark) % 2 and (opens or closes):
            start, end = start + len(mark) * opens, end - len(mark) * (closes and not opens)
        elif opens and closes and said.count(mark) == 2:
            start, end = start + len(mark), end - len(mark)
    return start, end


class _Blocks:
    """The paragraphs, points of lists and blocks of code of a text, with what stands above them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.headings: list[tuple[int, str]] = []
        self.label = ""
        self.begin: int | None = None
        self.kind, self.point, self.code = Kind.PLAIN, False, False
        self.chat, self.spoken = False, False

    def __iter__(self) -> Iterator[_Block]:
        fence, place = Fence(), 0
        for line in self.text.splitlines(keepends=True):
            if fence.takes(line):
                if not self.code:
                    yield from self._close(place)
                    self._open(place, code=True)
            else:
                if self.code:
                    yield from self._close(place)
                yield from self._line(line, place)
            place += len(line)
        yield from self._close(place)

    def _line(self, line: str, place: int) -> Iterator[_Block]:
        if (heading := _HEADING.match(line)) is not None:
            yield from self._close(place)
            self._heading(len(heading[1]), heading[2])
        elif _CHAT.match(line):
            yield from self._close(place)
            self.chat = True
        elif not line.strip(" >\r\n\t") or _NOISE.match(line):
            yield from self._close(place)
        elif _SECTION.match(line):
            yield from self._close(place)
            self.label, self.chat = line.strip(), False
        else:
            yield from self._said(line, place)

    def _said(self, line: str, place: int) -> Iterator[_Block]:
        point = _POINT.match(line)
        begin = point.end() if point else 0
        label = _LABEL.match(line[begin:]) if point or self.begin is None else None
        stamped = _STAMP.match(line[begin:]) is not None
        if label:
            yield from self._close(place)
            if not stamped:
                self.label = label[2]
            begin += label.end()
        if point or stamped or label:
            yield from self._close(place)
            self._open(
                place + begin,
                kind=Kind.STAMPED if stamped else Kind.PLAIN,
                point=point is not None,
            )
        elif self.begin is None:
            self._open(place, kind=Kind.STAMPED if _SPOKEN.match(line) else Kind.PLAIN)

    def _heading(self, depth: int, said: str) -> None:
        self.headings = [(d, s) for d, s in self.headings if d < depth]
        if self.spoken or depth > 1:  # else it is the title
            self.headings.append((depth, said))
        self.label, self.chat = "", False

    def _open(
        self, place: int, kind: Kind = Kind.PLAIN, *, point: bool = False, code: bool = False
    ) -> None:
        self.begin, self.point, self.code = place, point, code
        self.kind = Kind.STAMPED if self.chat else kind

    def _close(self, place: int) -> Iterator[_Block]:
        if self.begin is not None and self.text[self.begin : place].strip():
            above = " > ".join(filter(None, (*(s for _, s in self.headings), self.label)))
            self.spoken = True
            yield _Block(self.begin, place, above, self.kind, self.point, self.code)
        self.begin, self.code = None, False
