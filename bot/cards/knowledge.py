"""Answers and similar incidents. All of it is quoted: it pings nobody, forges no link."""

import re
from collections.abc import Sequence
from typing import Final, Protocol

from bot.domain.card import (
    Button,
    Buttons,
    Card,
    Element,
    Foreign,
    Item,
    Items,
    Ref,
    Text,
    Tone,
    Value,
)

_FENCE: Final = re.compile(r"^\s*(?:`{3,}|~{3,}).*$", re.MULTILINE)
"""What marks a command as code; on a card nobody needs it."""


class Written(Protocol):
    """What a card shows of a document."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def url(self) -> str: ...


def answer_card(
    quotes: Sequence[tuple[Written, str]],
    *,
    id: str,
    confidence: float,
    verb: str = "ask",
    worded: str = "",
) -> Card:
    """The quotations, each under the document it is from, and two thumbs.

    `worded`: the same in a model's words, a sentence a line, which goes before them.
    """
    body: list[Element] = [Foreign(line) for line in worded.splitlines()]
    for place, (_, quote) in enumerate(quotes, 1):
        body.append(Foreign(f"“{' '.join(_FENCE.sub('', quote).split())}” [{place}]"))
    body.append(Items(_sources(quotes), "From"))
    how = "Put together by a model from these quotations." if worded else "Quoted word for word."
    body.append(Text(f"{how} Confidence: {confidence:.0%}."))
    thumbs = (
        Button("👍 Helped", f"{verb} --up {id}"),
        Button("👎 Did not", f"{verb} --down {id}"),
    )
    body.append(Buttons(thumbs))
    return Card("From our records", tuple(body), Tone.CALM)


def _sources(quotes: Sequence[tuple[Written, str]]) -> tuple[Item, ...]:
    """Each document once, after the numbers of its quotations."""
    numbers: dict[str, str] = {}
    documents: dict[str, Written] = {}
    for place, (document, _) in enumerate(quotes, 1):
        numbers[document.id] = f"{numbers.get(document.id, '')}[{place}] "
        documents[document.id] = document
    return tuple(
        Item(_named(documents[id], before), documents[id].kind) for id, before in numbers.items()
    )


def no_answer_card(text: str, nearest: Sequence[Written]) -> Card:
    """Says that nothing supports an answer, and what came closest."""
    if not nearest:
        return Card(text, tone=Tone.MUTED)
    items = tuple(Item(_named(document), document.kind) for document in nearest)
    return Card(text, (Items(items, "The nearest titles"),), Tone.MUTED)


def past_card(number: int, found: Sequence[tuple[Written, str]]) -> Card:
    """Past incidents like one, with what fixed each."""
    if not found:
        return Card(f"Nothing like #{number} is in our records.", tone=Tone.MUTED)
    items = tuple(Item(_named(document), fix and f"“{fix}”") for document, fix in found)
    return Card(f"Like #{number}", (Items(items),), Tone.NEUTRAL)


def _named(document: Written, before: str = "") -> Value:
    title = f"{before}{document.title}"
    return Ref(title, document.url) if document.url else Foreign(title)
