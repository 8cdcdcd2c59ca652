"""`GET /api/v1/incidents/{id}/entries`: the record of an incident, as it grew."""

from collections.abc import Iterable

from bot.domain.errors import Invalid
from bot.ports.queries import Queries
from handlers.api.finding import Finder
from handlers.api.incidents import PATH
from handlers.api.operation import Asked, Operation, Reply
from handlers.api.params import LIMIT, Kind, Param
from handlers.api.shown.entry import EntriesShown, mentioned, show_entry


class EntrySubject:
    def __init__(self, queries: Queries, finder: Finder) -> None:
        self.queries, self.finder = queries, finder

    def operations(self) -> Iterable[Operation]:
        yield Operation(
            method="GET",
            path=f"{PATH}/{{id}}/entries",
            name="list_entries",
            about="Lists the entries of an incident by seq, oldest first.",
            do=self.list,
            verb="status",
            params=(
                Param(
                    name="after",
                    about="Only entries with a greater seq.",
                    kind=Kind.NUMBER,
                    most=2**31 - 1,
                ),
                LIMIT,
                Param(
                    name="cursor",
                    about="`next_cursor` of the page before; the same as `after`.",
                    kind=Kind.NUMBER,
                    most=2**31 - 1,
                ),
            ),
            shows=EntriesShown,
            refuses=(404,),
        )

    async def list(self, asked: Asked) -> Reply:
        after, cursor = asked.query["after"], asked.query["cursor"]
        if None not in (after, cursor):
            raise Invalid("Give `after` or `cursor`, not both.", field="cursor")
        limit = asked.query["limit"]
        incident = await self.finder.incident(asked)
        entries = await self.queries.entries(
            incident.number, asked.viewer, after=after or cursor or 0, limit=limit + 1
        )
        page = entries[:limit]
        ids = await self.queries.ids(mentioned(page), asked.viewer)
        shown: EntriesShown = {
            "items": [show_entry(entry, incident.id, ids) for entry in page],
            "next_cursor": str(page[-1].seq) if len(entries) > limit else None,
        }
        return Reply(data=shown)
