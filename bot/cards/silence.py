"""A silence: what it would have hit, before it is made and after."""

from collections.abc import Sequence
from typing import Final

from bot.domain.card import (
    Button,
    Buttons,
    Card,
    Element,
    Fact,
    Facts,
    Foreign,
    Item,
    Items,
    Moment,
    Style,
)
from bot.domain.silence import Silence

SHOWN: Final = 5
"""Titles of what would have been hit; the heading says how many there are."""


def made_card(silence: Silence, hit: Sequence[str]) -> Card:
    """Until when, and what it would have hit in the last day."""
    return Card(f"Silence {silence.id} is in force.", (*_facts(silence), _would_hit(hit)))


def asking_card(silence: Silence, hit: Sequence[str], confirmed: str) -> Card:
    """What it would have hit, before anything is hidden; the button is the whole line again."""
    hides = "the alerts of its group"
    if silence.incident is None:
        hides = " ".join(map(str, silence.matchers))
    body = (
        Facts((Fact("Hides", Foreign(hides)),)),
        *_facts(silence),
        _would_hit(hit),
        Buttons((Button("Silence them", confirmed, Style.PRIMARY),)),
    )
    return Card("Silence these alerts?", body)


def _facts(silence: Silence) -> tuple[Element, ...]:
    facts = [Fact("Until", Moment(silence.ends_at))]
    if silence.comment:
        facts.append(Fact("Why", Foreign(silence.comment)))
    return (Facts(tuple(facts)),)


def _would_hit(hit: Sequence[str]) -> Items:
    return Items(tuple(Item(Foreign(title)) for title in hit[:SHOWN]), would_have_hit(len(hit)))


def would_have_hit(count: int) -> str:
    return f"In the last 24 h it would have hit {count} alert{'' if count == 1 else 's'}"
