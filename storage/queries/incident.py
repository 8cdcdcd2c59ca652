"""One incident, whole; and how incidents are called."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import bindparam, func, select

from bot.domain.ids import incident_id
from bot.domain.incident import Incident
from bot.ports.queries import Viewer
from storage import tables as t
from storage.queries.base import AnySelect, Reading, existing
from storage.rows import incident_columns, incident_from


class OneIncident(Reading):
    async def incident(self, number: int, viewer: Viewer) -> Incident | None:
        rows = await self.rows(*_asked(incident_columns, [number], viewer))
        return incident_from(rows[0]) if rows else None

    async def incidents_numbered(self, numbers: Collection[int], viewer: Viewer) -> list[Incident]:
        if not numbers:
            return []
        rows = await self.rows(*_asked(incident_columns, numbers, viewer))
        return [incident_from(row) for row in rows]

    async def ids(self, numbers: Collection[int], viewer: Viewer) -> Mapping[int, str]:
        if not numbers:
            return {}
        rows = await self.rows(*_asked(_id_columns, numbers, viewer))
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


Columns: TypeAlias = Callable[[], Sequence[Any]]


def _id_columns() -> Sequence[Any]:
    return t.incidents.c.number, t.incidents.c.opened_at


def _asked(
    columns: Columns, numbers: Collection[int], viewer: Viewer
) -> tuple[AnySelect, Mapping[str, Any]]:
    """A statement, and what it is given: the incidents of these numbers that the viewer may see."""
    statement = _numbered(columns, everything=viewer.everything, named=viewer.person is not None)
    return statement, {"numbers": sorted(set(numbers)), "person": viewer.person}


@cache
def _numbered(columns: Columns, *, everything: bool, named: bool) -> AnySelect:
    """Made once, since every command and every effect asks for its incident."""
    return select(*columns()).where(
        t.incidents.c.number.in_(bindparam("numbers", expanding=True)),
        existing(everything=everything, named=named),
    )
