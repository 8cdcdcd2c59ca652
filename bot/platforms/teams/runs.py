"""Words as runs of a RichTextBlock, in which nothing has a meaning: no Markdown, no mention.

Only two things are read in them, and both are broken in words from outside: `{{DATE(…)}}`, which a
client replaces, and `<at>`, which names somebody where a mention stands beside it.
https://adaptivecards.io/explorer/TextRun.html
https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features#datetime-formatting
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from bot.cards.clean import address, clean, cut, pretends
from bot.cards.markdown import Look, Span, spans
from bot.domain.card import Foreign, Moment, Ref, Value

Run = dict[str, Any]
Made = dict[str, Any]

TEXT: Final = 4_000
"""Characters of one piece of text; a card has many."""

LINE: Final = 500
LABEL: Final = 150

_JOINER: Final = "\u2060"
_READ: Final = re.compile(r"\{(?=\{)|<(?=/?at\b)", re.IGNORECASE)

_LOOKS: Final[dict[Look, Made]] = {
    Look.BOLD: {"weight": "Bolder"},
    Look.ITALIC: {"italic": True},
    Look.CODE: {"fontType": "Monospace"},
}


def harmless(text: str, limit: int = TEXT) -> str:
    """Words in which a client reads nothing."""
    return _READ.sub(lambda found: found[0] + _JOINER, cut(text, limit))


def run(text: str, limit: int = TEXT, **looks: Any) -> Run:
    return {"type": "TextRun", "text": harmless(text, limit), **looks}


def bold(text: str) -> Run:
    return run(" ".join(text.split()), LINE, weight="Bolder")


def one_line(text: str) -> Run:
    return run(" ".join(text.split()), LINE)


def link(label: str, url: str) -> list[Run]:
    """A link; where the label would pass for another address, or there is none, it says so."""
    goes_to, said = address(url), " ".join(clean(label).split())
    if not goes_to:
        return [one_line(label)]
    if not said:
        return [_leading(goes_to, goes_to)]
    if pretends(said, url):
        return [one_line(f"{label} ("), _leading(goes_to, goes_to), one_line(")")]
    return [_leading(said, goes_to)]


def _leading(label: str, url: str) -> Run:
    action = {"type": "Action.OpenUrl", "url": url}
    return run(label, LABEL, underline=True, color="Accent", selectAction=action)


def moment(at: datetime) -> Run:
    """An instant, which every client shows in the reader's own zone."""
    said = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return {"type": "TextRun", "text": f"{{{{DATE({said}, COMPACT)}}}} {{{{TIME({said})}}}}"}


def value(said: Value) -> list[Run]:
    """What a fact or an item holds, on one line."""
    match said:
        case Foreign(text):
            return [one_line(text)]
        case Moment(at):
            return [moment(at)]
        case Ref(label, url):
            return link(label, url)
        case _:
            return [one_line(said)]


def markdown(text: str) -> list[Run]:
    """Our own words (see bot.domain.card.Text)."""
    return [one for span in spans(text) for one in _span(span)]


def _span(span: Span) -> Iterable[Run]:
    if span.look is Look.LINK:
        return link(span.text, span.url)
    return [run(span.text, **_LOOKS.get(span.look, {}))]


def block(runs: Iterable[Run], **looks: Any) -> Made | None:
    """The runs as a paragraph; None where there is nothing to see."""
    inlines = list(_filled(runs))
    if not any(one["text"].strip() for one in inlines):
        return None
    return {"type": "RichTextBlock", "inlines": inlines, **looks}


def _filled(runs: Iterable[Run]) -> Iterator[Run]:
    return (one for one in runs if one["text"])
