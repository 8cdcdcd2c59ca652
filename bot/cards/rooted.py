"""Addresses of our own pages, for whoever does not read them in the web room."""

import re
from dataclasses import replace
from typing import Final

from bot.domain.card import Card, Element, Text

_OWN: Final = re.compile(r"\]\((?=/(?!/))")
"""Before the path of a link in our Markdown that begins at the root; foreign words are escaped."""


def rooted(card: Card, public_url: str) -> Card:
    """The card with `[…](/incidents/7)` leading to `public_url` (without a slash at its end)."""
    return replace(card, body=tuple(_element(element, public_url) for element in card.body))


def _element(element: Element, public_url: str) -> Element:
    if not isinstance(element, Text):
        return element
    return Text(_OWN.sub(lambda _: f"]({public_url}", element.markdown))
