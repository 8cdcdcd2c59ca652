"""What was to be said one by one while a platform was away, said in one."""

from collections.abc import Mapping, Sequence

from bot.cards.markdown import spans
from bot.cards.timeline import sentence
from bot.domain.card import Card, Foreign, Item, Items
from bot.domain.entry import Entry
from bot.domain.policy import Person


def catch_up_card(number: int, entries: Sequence[Entry], people: Mapping[str, Person]) -> Card:
    """The entries as they happened, each with its time."""
    items = tuple(
        Item(Foreign("".join(span.text for span in spans(sentence(entry, people)))), at=at)
        for entry in entries
        for at in (entry.occurred_at,)
    )
    title = f"#{number}: what happened while this could not be said here"
    return Card(title, (Items(items),), fallback=title)
