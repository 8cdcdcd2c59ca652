"""Addresses of our own pages, for whoever does not read them in the web room."""

import re
from dataclasses import replace
from typing import Final

from bot.domain.card import Card, Element, Facts, Items, Ref, Text, Value

_OWN: Final = re.compile(r"\]\((?=/(?!/))")
"""Before the path of a link in our Markdown that begins at the root; foreign words are escaped."""


def rooted(card: Card, public_url: str) -> Card:
    """The card with whatever leads to `/incidents/7` leading to `public_url` (without a slash at
    its end)."""
    return replace(card, body=tuple(_element(element, public_url) for element in card.body))


def _element(element: Element, public_url: str) -> Element:
    match element:
        case Text(markdown):
            return Text(_OWN.sub(lambda _: f"]({public_url}", markdown))
        case Facts(facts):
            return Facts(tuple(replace(f, value=_value(f.value, public_url)) for f in facts))
        case Items(items, heading):
            led = tuple(replace(item, value=_value(item.value, public_url)) for item in items)
            return Items(led, heading)
        case _:
            return element


def _value(value: Value, public_url: str) -> Value:
    if isinstance(value, Ref) and value.url.startswith("/") and not value.url.startswith("//"):
        return Ref(value.label, f"{public_url}{value.url}")
    return value
