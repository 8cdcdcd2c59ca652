"""What was to be said one by one while a platform was away, said in one."""

from collections.abc import Mapping, Sequence

from bot.cards.markdown import bare
from bot.cards.timeline import sentence
from bot.domain.card import Card, Foreign, Item, Items
from bot.domain.entry import Entry
from bot.domain.policy import Person


def catch_up_card(number: int, entries: Sequence[Entry], people: Mapping[str, Person]) -> Card:
    """The entries as they happened, each with its time."""
    title = f"#{number}: what happened while this could not be said here"
    items = tuple(_line(entry, people) for entry in entries)
    return Card(title, (Items(items),), fallback=title)


def _line(entry: Entry, people: Mapping[str, Person]) -> Item:
    return Item(Foreign(bare(sentence(entry, people))), at=entry.occurred_at)
