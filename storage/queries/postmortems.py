"""Published postmortems: the text as it was frozen, out of the record."""

from sqlalchemy import and_, select

from bot.domain.entry import incident_stream
from bot.domain.postmortem import postmortem_of
from bot.domain.postmortem_document import Document, document_from
from bot.ports.queries import Viewer
from storage import tables as t
from storage.queries.incident import OneIncident
from storage.units.incidents import entry_from


class Postmortems(OneIncident):
    async def published_postmortem(self, number: int, viewer: Viewer) -> Document | None:
        incident = await self.incident(number, viewer)
        known = postmortem_of(incident) if incident is not None else None
        if known is None or known.head.published is None:
            return None
        bodies = and_(
            t.entries.c.tenant == t.entry_bodies.c.tenant,
            t.entries.c.stream == t.entry_bodies.c.stream,
            t.entries.c.seq == t.entry_bodies.c.seq,
        )
        row = await self.first(
            select(t.entries, t.entry_bodies.c.body)
            .join_from(t.entries, t.entry_bodies, bodies)
            .where(
                t.entries.c.tenant == "default",
                t.entries.c.stream == incident_stream(number),
                t.entries.c.seq == known.head.published.seq,
            )
        )
        kept = entry_from(row).metadata.get("document") if row is not None else None
        return document_from(kept) if kept else None
