"""Lists of incidents, newest first. They read what a list shows and nothing else."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from bot.domain.incident import ENUMS
from bot.domain.lifecycle import OPEN
from bot.ports.queries import PAGE, IncidentFilter, IncidentRow, Page, Viewer
from storage import tables as t
from storage.queries.base import AnyRow, AnySelect, Reading, at_most, exists_for, hits
from storage.queries.cursor import after_number, check_limit, read_number

COLUMNS: Final = tuple(t.incidents.c[name] for name in IncidentRow._fields)
_WORDS: Final = tuple(
    (place, {str(word): word for word in ENUMS[name]})
    for place, name in enumerate(IncidentRow._fields)
    if name in ENUMS
)
_OPEN: Final = frozenset(str(state) for state in OPEN)
RECENT: Final = 200
"""How many open incidents are looked through for one that is the same."""


class IncidentList(Reading):
    async def incidents(
        self,
        filter: IncidentFilter,
        viewer: Viewer,
        *,
        limit: int = PAGE,
        cursor: str | None = None,
    ) -> Page[IncidentRow]:
        check_limit(limit)
        statement = select(*COLUMNS).where(exists_for(viewer), *_chosen(filter))
        if cursor is not None:
            statement = statement.where(t.incidents.c.number < read_number(cursor))
        if filter.text:
            found = hits(self.database.writer.dialect.name, filter.text)
            if found is None:
                return Page([])
            numbers = select(found.subquery("hits").c.number)
            statement = statement.where(t.incidents.c.number.in_(numbers))
        rows = await self.rows(_newest(statement, limit + 1))
        items = [row_from(row) for row in rows[:limit]]
        more = len(rows) > limit
        return Page(items, after_number(items[-1].number) if more else None)

    async def recent_open(self, viewer: Viewer, since: datetime) -> Sequence[IncidentRow]:
        statement = select(*COLUMNS).where(
            exists_for(viewer),
            t.incidents.c.tenant == "default",
            t.incidents.c.status.in_(sorted(_OPEN)),
            t.incidents.c.opened_at >= since,
        )
        return [row_from(row) for row in await self.rows(_newest(statement, RECENT))]


def row_from(row: AnyRow) -> IncidentRow:
    values = list(row)
    for place, words in _WORDS:
        values[place] = words.get(values[place])
    return IncidentRow._make(values)


def _newest(statement: AnySelect, limit: int) -> AnySelect:
    return statement.order_by(t.incidents.c.number.desc()).limit(at_most(limit))


def _chosen(filter: IncidentFilter) -> list[Any]:
    conditions: list[Any] = [
        t.incidents.c[name].in_(wanted)
        for name in ("status", "severity", "source", "team", "service", "assigned_to")
        if (wanted := getattr(filter, name))
    ]
    if _few(filter):
        conditions.append(t.incidents.c.tenant == "default")
    if filter.start is not None:
        conditions.append(t.incidents.c.opened_at >= filter.start)
    if filter.end is not None:
        conditions.append(t.incidents.c.opened_at < filter.end)
    return conditions


def _few(filter: IncidentFilter) -> bool:
    """Whether an index finds so little that sorting it is quicker than reading from the newest on.

    The indexes begin with the tenant; without naming it, SQLite is not tempted to sort everything.
    """
    if filter.team or filter.service or filter.assigned_to:
        return True
    return len(filter.status) == 1 or (bool(filter.status) and _OPEN.issuperset(filter.status))
