"""A firing alert may hide others, until it clears."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from bot.domain.alert import Decision
from bot.domain.policy import Policies
from bot.engine.book import Book, Item


class ByInhibition:
    sorts: ClassVar[bool] = False

    def __call__(self, item: Item, book: Book) -> None:
        if not item.alert.firing or not book.policies.inhibitions:
            return
        for key in target_keys(item.labels, book.policies):
            if book.inhibiting[key]:
                item.decide(Decision.INHIBITED_BY, decided_by=f"inhibition:{key}")
                return


def source_keys(labels: Mapping[str, str], policies: Policies) -> Iterator[str]:
    """The keys under which an alert with these labels hides others while it fires."""
    for id, rule in policies.inhibitions.items():
        if rule.speaks_of_source(labels):
            yield f"{id}:{rule.key(id, labels)}"


def target_keys(labels: Mapping[str, str], policies: Policies) -> Iterator[str]:
    """The keys that would hide an alert with these labels."""
    for id, rule in policies.inhibitions.items():
        if rule.hides(labels):
            yield f"{id}:{rule.key(id, labels)}"
