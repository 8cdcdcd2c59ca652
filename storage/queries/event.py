"""What became of one event."""

from sqlalchemy import select

from bot.domain.ids import incident_id
from bot.ports.queries import EventFacts, Viewer
from storage import tables as t
from storage.queries.base import AnyRow, Reading, mentions


class Events(Reading):
    async def event(self, id: str, viewer: Viewer) -> EventFacts | None:
        """The newest that is called so; if that one is not for the viewer's eyes, none."""
        for called in (t.events.c.id == id, t.events.c.event_id == id):
            row = await self.first(
                select(
                    t.events,
                    mentions(t.events.c.incident, viewer).label("seen"),
                )
                .where(t.events.c.tenant == "default", called)
                .order_by(t.events.c.id.desc())
            )
            if row is not None:
                return _facts(row) if row.seen else None
        return None


def _facts(row: AnyRow) -> EventFacts:
    values = dict(row._mapping)
    number, opened_at = values["incident"], values["opened_at"]
    return EventFacts(
        id=values["id"],
        source=values["source"],
        event_id=values["event_id"],
        received_at=values["received_at"],
        alert=values["alert"],
        incident_id=incident_id(number, opened_at) if number is not None else None,
        decision=values["decision"],
        decided_by=values["decided_by"],
    )
