"""The stages of intake, one per file. `bot/app.py` puts them in order.

A stage looks at one alert and may decide about it (`item.decide`); what is decided goes no
further. Stages that `sort` need nothing but policy and come before the batch reads the database.
"""

from typing import ClassVar, Protocol

from bot.engine.book import Book, Item


class Stage(Protocol):
    sorts: ClassVar[bool]

    def __call__(self, item: Item, book: Book) -> None: ...


__all__ = ["Stage"]
