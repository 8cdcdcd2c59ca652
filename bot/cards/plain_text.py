"""A card as plain text: for mail, webhooks, and whoever cannot show more. Every fact is in it.

Foreign words cannot pass for ours: their lines are quoted or indented, and characters that hide,
or turn the direction of writing, are replaced.
"""

import re
from datetime import UTC, datetime
from typing import Final, assert_never

from bot.cards.markdown import Look, Span, spans
from bot.domain.card import (
    Buttons,
    Card,
    Element,
    Fact,
    Facts,
    Foreign,
    Item,
    Items,
    Moment,
    Ref,
    Text,
    Value,
    Warning,
)

_UNSEEN: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def plain_text(card: Card) -> str:
    """The whole card, times in UTC; ends with a line feed."""
    title = " ".join(filter(None, (card.emoji, one_line(card.title))))
    return "\n\n".join(filter(None, (title, *map(_block, card.body)))) + "\n"


def visible(text: str) -> str:
    """The same words without what hides or misleads; lines end with a line feed."""
    return _UNSEEN.sub("\ufffd", "\n".join(text.splitlines()))


def one_line(text: str) -> str:
    return " ".join(visible(text).split())


def moment(at: datetime) -> str:
    """`2026-01-05 09:00:00 UTC`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _block(element: Element) -> str:
    match element:
        case Text(markdown):
            return visible("".join(map(_span, spans(markdown))))
        case Foreign(text):
            return "\n".join(f"> {line}".rstrip() for line in visible(text).splitlines())
        case Facts(facts):
            return "\n".join(map(_fact, facts))
        case Items(items, heading):
            return "\n".join(filter(None, (one_line(heading), *map(_item, items))))
        case Buttons(buttons):
            said = (f"{one_line(b.command)} ({one_line(b.label)})" for b in buttons)
            return f"Commands: {', '.join(said)}" if buttons else ""
        case Warning(text):
            return f"Warning: {_indented(text)}"
        case _:
            assert_never(element)


def _span(span: Span) -> str:
    return f"{span.text} <{span.url}>" if span.look is Look.LINK else span.text


def _fact(fact: Fact) -> str:
    was = "" if fact.old is None else f" (was {one_line(fact.old)})"
    return f"{one_line(fact.name)}: {_value(fact.value)}{was}"


def _item(item: Item) -> str:
    about = f": {one_line(item.about)}" if item.about else ""
    at = f" ({moment(item.at)})" if item.at else ""
    return f"- {_value(item.value)}{about}{at}"


def _value(value: Value) -> str:
    match value:
        case Foreign(text) | str(text):
            return _indented(text)
        case Moment(at):
            return moment(at)
        case Ref(label, url):
            return f"{one_line(label)} <{one_line(url)}>"
        case _:
            assert_never(value)


def _indented(text: str) -> str:
    """Further lines stand to the right, so that none can pass for a fact of ours."""
    return "\n  ".join(visible(text).splitlines())
