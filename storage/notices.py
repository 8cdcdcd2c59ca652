"""Notices of the web room: see bot.ports.notices.Notices."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from bot.domain.lifecycle import OPEN
from bot.ports.notices import Waiting
from bot.ports.queries import Notice, Viewer
from bot.ports.store import Lane
from storage import tables as t
from storage.flush import upserting
from storage.queries.base import AnyRow, mentions
from storage.store import SqlStore
from storage.units import SqlUnit
from storage.writing import write

COLUMNS = (
    t.notices.c.id,
    t.notices.c.incident,
    t.notices.c.loud,
    t.notices.c.title,
    t.notices.c.text,
    t.notices.c.made_at,
    t.notices.c.seen_at,
)
_its_incident = t.incidents.alias()  # `mentions` looks at the table itself
_ANSWERED = and_(
    _its_incident.c.acknowledged_at.is_not(None),
    _its_incident.c.acknowledged_round >= _its_incident.c.round,
    _its_incident.c.acknowledged_at >= t.notices.c.made_at,
)
_STILL_ASKS = and_(_its_incident.c.status.in_([str(state) for state in OPEN]), ~_ANSWERED)
RINGS = and_(
    t.notices.c.loud, or_(t.notices.c.incident.is_(None), func.coalesce(_STILL_ASKS, False))
)
"""Loud, and its incident is open and was answered by nobody since.

Who is paged by hand for an incident that somebody has already is rung all the same.
"""


class SqlNotices:
    def __init__(self, store: SqlStore) -> None:
        self.store = store

    async def add(
        self, *, key: str, person: str, incident: int | None, loud: bool, title: str, text: str
    ) -> bool:
        async def work(unit: SqlUnit) -> bool:
            connection = unit.connection
            made = await connection.execute(
                upserting(connection, t.notices).on_conflict_do_nothing().returning(t.notices.c.id),
                {
                    "tenant": "default",
                    "key": key,
                    "person": person,
                    "incident": incident,
                    "loud": loud,
                    "title": title,
                    "text": text,
                    "made_at": unit.now,
                },
            )
            return made.scalar_one_or_none() is not None

        return await write(self.store, work, lane=Lane.DELIVERY)

    async def seen(self, person: str, id: int | None = None) -> None:
        async def work(unit: SqlUnit) -> None:
            theirs = and_(t.notices.c.person == person, t.notices.c.seen_at.is_(None))
            if id is not None:
                theirs = and_(theirs, t.notices.c.id <= id, _of_the_same(person, id))
            await unit.connection.execute(update(t.notices).where(theirs).values(seen_at=unit.now))

        await write(self.store, work)

    async def waiting(self, person: str, *, limit: int = 50) -> Sequence[Waiting]:
        statement = (
            select(*COLUMNS, RINGS.label("rings"))
            .join(_its_incident, _its_incident.c.number == t.notices.c.incident, isouter=True)
            .where(_theirs(person), t.notices.c.seen_at.is_(None))
            .order_by(t.notices.c.id.desc())
            .limit(limit)
        )
        async with self.store.reading() as connection:
            rows = (await connection.execute(statement)).all()
        return [Waiting(_notice(row), bool(row.rings)) for row in rows]

    async def latest(
        self, person: str, *, before: int | None = None, limit: int = 50
    ) -> Sequence[Notice]:
        statement = select(*COLUMNS).where(_theirs(person))
        if before is not None:
            statement = statement.where(t.notices.c.id < before)
        statement = statement.order_by(t.notices.c.id.desc()).limit(limit)
        async with self.store.reading() as connection:
            rows = (await connection.execute(statement)).all()
        return [_notice(row) for row in rows]


def _theirs(person: str) -> ColumnElement[bool]:
    """Not those about an incident that is not for their eyes any more."""
    return and_(t.notices.c.person == person, mentions(t.notices.c.incident, Viewer(person)))


def _of_the_same(person: str, id: int) -> ColumnElement[bool]:
    """This notice, and the person's others about its incident."""
    this = t.notices.alias()
    its_incident = select(this.c.incident).where(this.c.id == id, this.c.person == person)
    return or_(t.notices.c.id == id, t.notices.c.incident.in_(its_incident))


def _notice(row: AnyRow) -> Notice:
    return Notice(
        id=row.id,
        incident=row.incident,
        loud=row.loud,
        title=row.title,
        text=row.text,
        made_at=row.made_at,
        seen_at=row.seen_at,
    )
