"""What the source's words mean: the severity, and the labels that routes and silences see."""

from typing import ClassVar

from bot.domain.alert import Decision, seen_labels
from bot.engine.book import Book, Item


class Classify:
    sorts: ClassVar[bool] = True

    def __call__(self, item: Item, book: Book) -> None:
        """A severity the source does not give, or in a word nobody knows, stays None here."""
        alert = item.alert
        item.key = (alert.source, alert.fingerprint)
        word = (alert.vendor_severity or "").strip().lower()
        item.severity = book.policies.words.get(word)
        item.labels = seen_labels(alert)
        if alert.is_no_problem:
            item.decide(Decision.RECORDED)
