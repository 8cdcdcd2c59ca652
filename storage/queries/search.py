"""Full-text search over incidents."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from bot.domain.ids import incident_id, read_incident_id
from bot.ports.queries import Found, Viewer
from storage import tables as t
from storage.queries.base import AnyRow, Reading, at_most, exists_for, hits
from storage.queries.cursor import check_limit
from storage.search import snippet, words_of

KIND: Final = "incident"
RANKED: Final = 1_000
"""The newest that match are ranked; ranking all of them would take longer than people wait."""

COLUMNS: Final = (
    t.incidents.c.number,
    t.incidents.c.opened_at,
    t.incidents.c.title,
    t.incidents.c.description,
)


class Search(Reading):
    async def search(self, text: str, viewer: Viewer, *, limit: int) -> Sequence[Found]:
        """Best first. An incident that is named (`#42`, `INC-…`) stands before all others."""
        check_limit(limit)
        number = read_incident_id(text.strip()[:40])
        named = await self._named(number, viewer) if number is not None else []
        others = await self._ranked(text, viewer, limit)
        return [*named, *(hit for hit in others if hit not in named)][:limit]

    async def _named(self, number: int, viewer: Viewer) -> list[Found]:
        row = await self.first(
            select(*COLUMNS).where(t.incidents.c.number == number, exists_for(viewer))
        )
        return [_found(row, [], 1_000.0)] if row is not None else []

    async def _ranked(self, question: str, viewer: Viewer, limit: int) -> list[Found]:
        found = hits(self.database.writer.dialect.name, question)
        if found is None:
            return []
        every = found.subquery("hits")
        newest = (
            select(*COLUMNS, every.c.rank)
            .join_from(every, t.incidents, t.incidents.c.number == every.c.number)
            .where(exists_for(viewer))
            .order_by(every.c.number.desc())
            .limit(at_most(RANKED))
            .subquery("newest")
        )
        rows = await self.rows(
            select(newest).order_by(newest.c.rank, newest.c.number.desc()).limit(limit)
        )
        words = words_of(question)
        return [_found(row, words, -float(row.rank)) for row in rows]


def _found(row: AnyRow, words: Sequence[str], score: float) -> Found:
    number, opened_at, title, description = row[:4]
    return Found(
        id=incident_id(number, opened_at),
        kind=KIND,
        title=title,
        snippet=snippet(description or title, words),
        score=round(score, 6),
    )
