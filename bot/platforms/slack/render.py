"""A card as a message: a header, and what it says beside a bar whose colour says the state.

Always within Slack's limits, whatever the card holds: what is too long is split, then cut with `…`,
and where whole blocks had to be left out, the last one says so. `text` is the card as plain text,
for notifications and screen readers.
https://docs.slack.dev/reference/methods/chat.postMessage
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, assert_never

from bot.cards.clean import clean
from bot.cards.plain_text import plain_text
from bot.domain.card import (
    Buttons,
    Card,
    Element,
    Fact,
    Facts,
    Foreign,
    Item,
    Items,
    Text,
    Tone,
    Warning,
)
from bot.platforms.slack import blocks as b
from bot.platforms.slack import escape
from bot.platforms.slack.blocks import Block

COLOURS: Final[dict[Tone, str]] = {
    Tone.ALARM: "#d1242f",
    Tone.ACTIVE: "#bf8700",
    Tone.CALM: "#1a7f37",
    Tone.MUTED: "#6e7781",
}
"""A card of a neutral tone has no bar."""

FALLBACK: Final = 3_800
"""Characters; `chat.update` refuses texts of more than 4,000."""

_ADDRESS: Final = re.compile(r"&lt;(https?://[^\s<>]+?)&gt;")
"""An address as plain text points it out; some clients show the entities as they are."""

NOTHING: Final = "-"
"""Slack takes no empty message."""

PARTS: Final = 3
"""Sections that one element may fill."""

_MORE: Final = "_{n} more parts of this message were left out; the web room has all of it._"


@dataclass(frozen=True, slots=True)
class Message:
    """What the methods of `chat` take."""

    text: str
    blocks: tuple[Block, ...]
    attachments: tuple[Block, ...] = ()

    def args(self) -> dict[str, Any]:
        """As arguments. Nothing unfurls, nothing is parsed that we did not write."""
        return {
            "text": self.text,
            "blocks": list(self.blocks),
            "attachments": list(self.attachments),
            "parse": "none",
            "link_names": False,
        }


QUIETLY: Final = {"unfurl_links": False, "unfurl_media": False}
"""For the methods that post; the one that edits takes none of it."""


def message(card: Card, *, version: int | None = None, foot: Sequence[Block] = ()) -> Message:
    """The card, its buttons for the incident's `version`; `foot` are blocks of ours below it."""
    room = b.BLOCKS - len(foot)
    if card.tone is Tone.NEUTRAL:
        return Message(fallback(card), (*_within(_plainly(card, version), room), *foot))
    head = _head(card)
    body = [*_within(_body(card.body, version), room - len(head)), *foot]
    bar: tuple[Block, ...] = ()
    if body:
        bar = ({"color": COLOURS[card.tone], "blocks": body, "fallback": fallback(card)},)
    return Message(fallback(card), tuple(head), bar)


def fallback(card: Card) -> str:
    """The whole card as plain text; where it is cut, it says so."""
    whole = _ADDRESS.sub(r"(\1)", escape.escape(plain_text(card))).strip() or NOTHING
    if len(whole) <= FALLBACK:
        return whole
    return f"{escape.cut(whole, FALLBACK - 50)}\n(cut; the web room has all of it)"


def home(card: Card) -> Block:
    """The card as an App Home: https://docs.slack.dev/surfaces/app-home"""
    shown = message(card)
    bar = [block for attachment in shown.attachments for block in attachment["blocks"]]
    return {"type": "home", "blocks": [*shown.blocks, *bar]}


def _within(made: list[Block], most: int) -> list[Block]:
    if len(made) <= most:
        return made
    return [*made[: most - 1], b.context(_MORE.format(n=len(made) - most + 1))]


def _head(card: Card) -> list[Block]:
    title = " ".join(filter(None, (card.emoji, " ".join(card.title.split()))))
    head = [b.header(title)]
    if len(clean(title)) > b.HEADER:
        head.append(b.foreign_section(title))
    return head


def _plainly(card: Card, version: int | None) -> list[Block]:
    """A line of the room: no header; the title begins the first words."""
    title = " ".join(filter(None, (card.emoji, escape.bold(card.title))))
    match card.body:
        case (Text(words), *rest):
            first = _sections(f"{title} {escape.markdown(words)}")
        case rest:
            first = _sections(title)
    return [*first, *_body(rest, version)] or [b.section(NOTHING)]


def _body(body: Sequence[Element], version: int | None) -> list[Block]:
    made: list[Block] = []
    for element in body:
        made.extend(_element(element, version, len(made)))
    return made


def _element(element: Element, version: int | None, place: int) -> list[Block]:
    match element:
        case Text(words):
            return _sections(escape.markdown(words))
        case Foreign(text):
            return [b.foreign_section(part) for part in _parts(text)]
        case Warning(text):
            return _sections(f":warning: {escape.foreign(text)}")
        case Facts(facts):
            return b.fields([_fact(fact) for fact in facts])
        case Items(items, heading):
            return _sections("\n".join(_items(items, heading)))
        case Buttons(buttons):
            return b.actions(buttons, version, place)
        case _:
            assert_never(element)


def _sections(mrkdwn: str) -> list[Block]:
    return [b.section(part) for part in escape.split(mrkdwn, b.TEXT, PARTS)]


def _parts(text: str) -> Iterator[str]:
    """Words from outside, in parts that fit."""
    whole = clean(text).strip()
    for part in range(PARTS):
        last = part == PARTS - 1
        piece = whole if last else whole[: b.TEXT]
        if piece.strip():
            yield piece
        whole = whole[b.TEXT :]


def _fact(fact: Fact) -> str:
    old = f"{escape.struck(fact.old)} " if fact.old is not None else ""
    return f"{escape.bold(fact.name)}\n{old}{escape.value(fact.value) or '-'}"


def _items(items: Sequence[Item], heading: str) -> Iterator[str]:
    if heading:
        yield escape.bold(heading)
    for item in items:
        about = f": {escape.one_line(item.about)}" if item.about else ""
        at = f" ({escape.moment(item.at)})" if item.at else ""
        yield f"• {escape.value(item.value)}{about}{at}"
