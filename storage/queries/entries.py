"""The entries of an incident, by seq."""

from collections.abc import Sequence

from sqlalchemy import and_, select

from bot.domain.entry import Entry, incident_stream
from bot.ports.queries import LONGEST_PAGE, Viewer
from storage import tables as t
from storage.queries.base import Reading, exists_for
from storage.units.incidents import entry_from


class Entries(Reading):
    async def entries(
        self, number: int, viewer: Viewer, *, after: int = 0, limit: int = LONGEST_PAGE
    ) -> Sequence[Entry]:
        bodies = and_(
            t.entries.c.tenant == t.entry_bodies.c.tenant,
            t.entries.c.stream == t.entry_bodies.c.stream,
            t.entries.c.seq == t.entry_bodies.c.seq,
        )
        seen = select(t.incidents.c.number).where(
            t.incidents.c.number == number, exists_for(viewer)
        )
        rows = await self.rows(
            select(t.entries, t.entry_bodies.c.body)
            .join_from(t.entries, t.entry_bodies, bodies)
            .where(
                t.entries.c.tenant == "default",
                t.entries.c.stream == incident_stream(number),
                t.entries.c.seq > after,
                seen.exists(),
            )
            .order_by(t.entries.c.seq)
            .limit(limit)
        )
        return [entry_from(row) for row in rows]
