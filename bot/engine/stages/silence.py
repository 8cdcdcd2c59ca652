"""Silences hide what would otherwise open or join; the alert is kept for when they end."""

from typing import ClassVar

from bot.domain.alert import Decision
from bot.engine.book import Book, Item


class BySilence:
    sorts: ClassVar[bool] = False

    def __call__(self, item: Item, book: Book) -> None:
        if not item.alert.firing:
            return
        for silence in book.silences:
            if silence.hides(item.labels, item.group_key, book.now):
                item.decide(Decision.SILENCED_BY, decided_by=f"silence:{silence.id}")
                return
