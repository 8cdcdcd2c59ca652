"""`GET /api/v1/search`: Muster's own incidents by words."""

from collections.abc import Iterable
from typing import Final

from bot.ports.queries import Queries
from handlers.api.operation import PREFIX, Asked, Operation, Reply
from handlers.api.params import LIMIT, Kind, Param
from handlers.api.shown.found import FoundsShown, show_found

KINDS: Final = ("incident", "all")


class SearchSubject:
    def __init__(self, queries: Queries) -> None:
        self.queries = queries

    def operations(self) -> Iterable[Operation]:
        yield Operation(
            method="GET",
            path=f"{PREFIX}/search",
            name="search",
            about="Finds incidents by words, best first.",
            do=self.search,
            verb="list",
            params=(
                Param(name="q", about="The words; the last may be half a word.", required=True),
                Param(
                    name="kind",
                    about="What to look through.",
                    kind=Kind.CHOICE,
                    choices=KINDS,
                    default="all",
                ),
                LIMIT,
            ),
            shows=FoundsShown,
        )

    async def search(self, asked: Asked) -> Reply:
        found = await self.queries.search(
            asked.query["q"], asked.viewer, limit=asked.query["limit"]
        )
        shown: FoundsShown = {"items": [show_found(hit) for hit in found]}
        return Reply(data=shown)
