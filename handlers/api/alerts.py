"""`GET /api/v1/alerts`: what sources said, and what was decided about it."""

from collections.abc import Callable, Iterable, Mapping

from bot.domain.alert import AlertStatus
from bot.domain.severity import Severity
from bot.ports.queries import Queries
from handlers.api.finding import Finder
from handlers.api.operation import PREFIX, Asked, Operation, Reply
from handlers.api.params import CURSOR, LIMIT, Kind, Param
from handlers.api.shown.alert import AlertsShown, show_alert


class AlertSubject:
    """`words` gives what vendors call which severity now."""

    def __init__(
        self, queries: Queries, finder: Finder, words: Callable[[], Mapping[str, Severity]]
    ) -> None:
        self.queries, self.finder, self.words = queries, finder, words

    def operations(self) -> Iterable[Operation]:
        yield Operation(
            method="GET",
            path=f"{PREFIX}/alerts",
            name="list_alerts",
            about="Lists alerts, newest first.",
            do=self.list,
            verb="list",
            params=(
                Param(name="source", about="Of this source."),
                Param(
                    name="status",
                    about="Firing now, or resolved.",
                    kind=Kind.CHOICE,
                    choices=tuple(AlertStatus),
                ),
                Param(name="incident", about="Of this incident: `INC-…` or its number."),
                LIMIT,
                CURSOR,
            ),
            shows=AlertsShown,
            refuses=(404,),
        )

    async def list(self, asked: Asked) -> Reply:
        query, number = asked.query, None
        if query["incident"] is not None:
            number = (await self.finder.named(query["incident"], asked.viewer)).number
        page = await self.queries.alerts(
            asked.viewer,
            incident=number,
            source=query["source"],
            status=query["status"],
            limit=query["limit"],
            cursor=query["cursor"],
        )
        words = self.words()
        shown: AlertsShown = {
            "items": [show_alert(alert, words) for alert in page.items],
            "next_cursor": page.next_cursor,
        }
        return Reply(data=shown)
