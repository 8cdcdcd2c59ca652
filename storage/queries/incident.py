"""One incident, whole; and how incidents are called."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache

from sqlalchemy import bindparam, func, select

from bot.domain.ids import incident_id
from bot.domain.incident import Incident
from bot.ports.queries import Viewer
from storage import tables as t
from storage.queries.base import AnySelect, Reading, existing, exists_for
from storage.rows import incident_columns, incident_from


class OneIncident(Reading):
    async def incident(self, number: int, viewer: Viewer) -> Incident | None:
        statement = _numbered(everything=viewer.everything, named=viewer.person is not None)
        rows = await self.rows(statement, {"number": number, "person": viewer.person})
        return incident_from(rows[0]) if rows else None

    async def incidents_numbered(self, numbers: Collection[int], viewer: Viewer) -> list[Incident]:
        if not numbers:
            return []
        rows = await self.rows(
            select(*incident_columns()).where(
                t.incidents.c.number.in_(sorted(set(numbers))), exists_for(viewer)
            )
        )
        return [incident_from(row) for row in rows]

    async def ids(self, numbers: Collection[int], viewer: Viewer) -> Mapping[int, str]:
        if not numbers:
            return {}
        rows = await self.rows(
            select(t.incidents.c.number, t.incidents.c.opened_at).where(
                t.incidents.c.number.in_(sorted(set(numbers))), exists_for(viewer)
            )
        )
        return {number: incident_id(number, opened_at) for number, opened_at in rows}

    async def declared_at(self, person: str, moment: datetime) -> int | None:
        """The number of the incident that somebody declared in the transaction of this time."""
        row = await self.first(
            select(func.max(t.incidents.c.number)).where(
                t.incidents.c.tenant == "default",
                t.incidents.c.opened_at == moment,
                t.incidents.c.declared_by == person,
            )
        )
        return row[0] if row is not None else None


@cache
def _numbered(*, everything: bool, named: bool) -> AnySelect:
    """Made once, since every command asks for its incident."""
    return select(*incident_columns()).where(
        t.incidents.c.number == bindparam("number"), existing(everything=everything, named=named)
    )
