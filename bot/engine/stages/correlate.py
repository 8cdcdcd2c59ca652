"""An alert of a new group may belong to an incident that another group opened."""

from typing import ClassVar

from bot.engine.book import Book, Item


class Correlate:
    sorts: ClassVar[bool] = False

    def __call__(self, item: Item, book: Book) -> None:
        """Names the open incident of the same route that agrees in the route's labels."""
        rule = item.sure_route.correlate
        if rule is None or not item.alert.firing or book.holder(item.group_key):
            return
        wanted = {name: item.labels.get(name, "") for name in rule.by}
        for number, labels in book.candidates.get(item.route_id, ()):
            agrees = all(labels.get(name, "") == value for name, value in wanted.items())
            if agrees and book.open_incident(number):
                item.joins = number
                return
