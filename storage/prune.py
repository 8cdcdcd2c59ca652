"""Forgetting what is old: request bodies, finished work, alerts that cleared long ago.

What goes is found on a reading connection and deleted by primary key, a few rows in each
transaction, so that whoever wants to write waits for milliseconds. Entries are never pruned; what
people said to each other loses its words.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, exists, func, or_, select

from bot.domain.ids import sortable_id
from bot.domain.lifecycle import OPEN
from bot.ports.store import Lane
from storage import tables as t
from storage.flush import REMEMBERED
from storage.quoted import forget_quoted
from storage.store import SqlStore
from storage.talk import erase_talk
from storage.units import SqlUnit
from storage.writing import write

FOUND: Final = 5_000
"""Keys read at a time."""

AIM: Final = 0.02
"""Seconds a transaction should take; the next one deletes more rows or fewer accordingly."""

FEWEST, FIRST, MOST = 1, 50, 500


class Keep(Protocol):
    """How long and how much; see config.sections.Retention."""

    @property
    def raw_days(self) -> int: ...
    @property
    def raw_bytes(self) -> int: ...
    @property
    def settled_days(self) -> int: ...
    @property
    def resolved_alert_days(self) -> int: ...
    @property
    def talk_days(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Old:
    """Rows of a table that nobody needs any more."""

    table: Table
    condition: ColumnElement[bool]

    @property
    def key(self) -> tuple[ColumnElement[Any], ...]:
        return tuple(self.table.primary_key.columns)


async def prune(store: SqlStore, keep: Keep) -> dict[str, int]:
    """Deletes what is past its time, and says how many rows of which table."""
    pruner = _Pruner(store)
    gone: dict[str, int] = {}
    for old in _old(store.now(), keep):
        gone[old.table.name] = await pruner.delete_all(old)
    gone[t.raw_bodies.name] += await pruner.delete_heaviest(keep.raw_bytes)
    gone[t.entry_bodies.name] = await erase_talk(store, timedelta(days=keep.talk_days))
    gone[t.facts.name] = await forget_quoted(store, timedelta(days=keep.talk_days))
    return {table: count for table, count in gone.items() if count}


def _old(now: datetime, keep: Keep) -> Iterator[Old]:
    settled = now - timedelta(days=keep.settled_days)
    cleared = now - timedelta(days=keep.resolved_alert_days)
    yield Old(t.raw_bodies, t.raw_bodies.c.id < _id_at(now - timedelta(days=keep.raw_days)))
    yield Old(t.events, t.events.c.id < _id_at(cleared))
    yield Old(t.event_keys, t.event_keys.c.received_at < now - REMEMBERED)
    yield Old(t.effects, and_(t.effects.c.state != "pending", t.effects.c.settled_at < settled))
    yield Old(t.askings, and_(t.askings.c.rating.is_(None), t.askings.c.asked_at < settled))
    yield Old(t.analyst_jobs, t.analyst_jobs.c.created_at < now - timedelta(hours=1))
    unbound = t.analyses.c.incident.is_(None)
    yield Old(t.analyses, and_(unbound, t.analyses.c.made_at < settled))
    spent = f"{cleared:%Y-%m-%d}"
    yield Old(t.model_usage, and_(t.model_usage.c.day != "", t.model_usage.c.day < spent))
    yield Old(t.invocations, t.invocations.c.done_at < settled)
    yield Old(t.timers, and_(t.timers.c.state != "pending", t.timers.c.due_at < settled))
    yield Old(t.logins, t.logins.c.expires_at < now)
    yield Old(t.dead_letters, t.dead_letters.c.replayed_at < settled)
    unseen = and_(t.notices.c.seen_at.is_(None), t.notices.c.made_at < settled)
    yield Old(
        t.notices,
        or_(t.notices.c.seen_at < settled, and_(unseen, ~_open(t.notices.c.incident))),
    )
    yield Old(
        t.alerts,
        and_(
            t.alerts.c.status == "resolved",
            t.alerts.c.last_seen_at < cleared,
            or_(~t.alerts.c.current, ~_open(t.alerts.c.incident)),
        ),
    )


def _open(incident: ColumnElement[Any]) -> ColumnElement[bool]:
    return exists().where(
        t.incidents.c.number == incident,
        or_(*(t.incidents.c.status == str(state) for state in sorted(OPEN))),
    )


def _id_at(moment: datetime) -> str:
    """Ids begin with their time, so the primary key finds what is older."""
    return sortable_id(moment, "")


class _Pruner:
    def __init__(self, store: SqlStore) -> None:
        self.store, self.rows = store, FIRST

    async def delete_all(self, old: Old) -> int:
        count = 0
        while keys := await self._find(old):
            count += await self._delete(old, keys)
        return count

    async def _find(self, old: Old) -> Sequence[Any]:
        statement = select(*old.key).where(old.condition).limit(FOUND)
        async with self.store.reading() as connection:
            return (await connection.execute(statement)).all()

    async def _delete(self, old: Old, keys: Sequence[Any]) -> int:
        """Some rows in each transaction, as many as take about AIM."""
        done = 0
        while done < len(keys):
            some = keys[done : done + self.rows]
            done += len(some)
            took = await self._delete_some(old, some)
            faster = self.rows * 2 if took < AIM / 2 else self.rows
            self.rows = min(MOST, faster) if took <= AIM else max(FEWEST, self.rows // 2)
        return done

    async def _delete_some(self, old: Old, keys: Sequence[Any]) -> float:
        """How many seconds it took, without the wait for our turn."""

        async def delete_some(unit: SqlUnit) -> float:
            began = time.perf_counter()
            # one by one, since SQLite looks up no list of pairs by an index; and the condition
            # again, since a row may have come back to life meanwhile
            this = (column == bindparam(f"key_{n}") for n, column in enumerate(old.key))
            await unit.connection.execute(
                delete(old.table).where(*this, old.condition),
                [{f"key_{n}": value for n, value in enumerate(key)} for key in keys],
            )
            return time.perf_counter() - began

        return await write(self.store, delete_some, lane=Lane.INTAKE)

    async def delete_heaviest(self, limit: int) -> int:
        """The oldest request bodies, until the others weigh no more than `limit` bytes."""
        weight = func.length(t.raw_bodies.c.body)
        async with self.store.reading() as connection:
            total = await connection.execute(select(func.coalesce(func.sum(weight), 0)))
            excess = int(total.scalar_one()) - limit
        count = 0
        while excess > 0:
            statement = select(t.raw_bodies.c.id, weight).order_by(t.raw_bodies.c.id).limit(FOUND)
            async with self.store.reading() as connection:
                oldest = (await connection.execute(statement)).all()
            going = []
            for id, bytes in oldest:
                if excess <= 0:
                    break
                going.append((id,))
                excess -= bytes
            if not going:
                break
            bodies = Old(t.raw_bodies, t.raw_bodies.c.id <= going[-1][0])
            count += await self._delete(bodies, going)
        return count
