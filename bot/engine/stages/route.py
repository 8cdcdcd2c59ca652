"""Where the alert belongs: its route, service, team, severity and group."""

from typing import ClassVar

from bot.engine.book import Book, Item


class ByRoute:
    sorts: ClassVar[bool] = True

    def __call__(self, item: Item, book: Book) -> None:
        policies, alert = book.policies, item.alert
        item.route_id = policies.route_for(item.labels)
        route = item.route = policies.routes[item.route_id]
        severity = route.severity or item.severity or route.default_severity
        item.severity = route.capped(severity)
        if not item.group_key:
            own = alert.group_key if alert.group_key is not None else item.key[1]
            item.group_key = route.group_key(item.route_id, item.labels, f"{alert.source}\x1f{own}")
        item.service = route.service or item.labels.get("service")
        item.team = policies.team_of(route, item.service)
