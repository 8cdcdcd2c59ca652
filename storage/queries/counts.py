"""How many incidents are in which state."""

from collections import Counter
from typing import Final

from sqlalchemy import func, literal_column, select

from bot.domain.incident import Visibility
from bot.domain.lifecycle import OPEN
from bot.ports.queries import Counts, Viewer
from storage import tables as t
from storage.queries.base import AnySelect, Reading

_OPEN: Final = frozenset(str(state) for state in OPEN)
_COUNTED: Final = (t.incidents.c.status, t.incidents.c.severity)
_TESTS: Final = (
    select(*_COUNTED, func.count())
    .where(t.incidents.c.tenant == "default", literal_column("incidents.test"))
    .group_by(*_COUNTED)
)
"""In the words of its index, so that SQLite sees that it fits."""


class CountsOfIncidents(Reading):
    async def counts(self, viewer: Viewer) -> Counts:
        """Public ones are counted in the index alone, the viewer's own private ones apart.

        Of everything, which is what metrics show, tests are no part.
        """
        tally: Counter[tuple[str, str]] = Counter()
        for statement in _parts(viewer):
            tally.update({(row[0], row[1]): row[2] for row in await self.rows(statement)})
        if viewer.everything:
            tests = await self.rows(_TESTS)
            tally.subtract({(row[0], row[1]): row[2] for row in tests})
        by_status: Counter[str] = Counter()
        by_severity: Counter[str] = Counter()
        for (status, severity), count in (+tally).items():
            by_status[status] += count
            if status in _OPEN:
                by_severity[severity] += count
        return Counts(by_status=by_status, by_severity=by_severity)


def _parts(viewer: Viewer) -> list[AnySelect]:
    if viewer.everything:
        return [_tally(*Visibility)]
    if viewer.person is None:
        return [_tally(Visibility.PUBLIC)]
    return [_tally(Visibility.PUBLIC), _own(viewer.person)]


def _tally(*visibility: Visibility) -> AnySelect:
    return (
        select(*_COUNTED, func.count())
        .where(
            t.incidents.c.tenant == "default",
            t.incidents.c.visibility.in_([str(one) for one in visibility]),
        )
        .group_by(*_COUNTED)
    )


def _own(person: str) -> AnySelect:
    return (
        select(*_COUNTED, func.count())
        .join_from(t.members, t.incidents, t.incidents.c.number == t.members.c.incident)
        .where(
            t.members.c.tenant == "default",
            t.members.c.person == person,
            t.incidents.c.visibility == str(Visibility.PRIVATE),
        )
        .group_by(*_COUNTED)
    )
