"""An analyst elsewhere: on PostgreSQL, cores hand it jobs as rows, and it answers in them.

Nothing hangs on such a row. A core waits as long as the job allows and takes the row away; a job
whose analyst died is not tried again, since whoever asked has gone on without.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import structlog
from sqlalchemy import delete, insert, select, update

from bot.domain.errors import Away, Overloaded
from bot.ports.analyst import Ability, Job, Refused, Unavailable
from storage import tables as t
from storage.facts import get_fact, set_fact
from storage.store import SqlStore
from storage.units import SqlUnit
from storage.writing import write

log = structlog.get_logger()

FACT: Final = "analyst"
"""In the table `facts`: what the analyst elsewhere is able to do, and when it last said so."""

SAYS_EVERY: Final = 2.0
LOOKS_EVERY: Final = 0.05
"""Seconds, for either side."""

SILENT: Final = timedelta(seconds=10)
"""Heard nothing from for so long, it counts as gone."""

AT_ONCE: Final = 8
"""Jobs claimed together; others are for other analysts."""

Answer = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""A job's `kind body seconds` → its `result`, or `refused` with code and reason."""


class AnalystElsewhere:
    """Is the port `Analyst` for a core that starts none itself."""

    def __init__(self, store: SqlStore, new_id: Callable[[], str]) -> None:
        self.store, self.new_id = store, new_id
        self._facts: Mapping[str, Any] = {}

    def facts(self, ability: Ability) -> Mapping[str, Any] | None:
        return self._facts.get(ability.value)

    async def run(self) -> None:
        """Looks who is there, until it is cancelled."""
        while True:
            try:
                await self.look()
            except Away:
                self._facts = {}
            except Exception:
                self._facts = {}
                log.warning("analyst_unknown", exc_info=True)
            await asyncio.sleep(SAYS_EVERY)

    async def look(self) -> None:
        async with self.store.reading() as connection:
            said = await get_fact(connection, FACT)
        heard = datetime.fromisoformat(said["seen_at"]) if said else None
        there = heard is not None and self.store.now() - heard < SILENT
        self._facts = said["facts"] if said and there else {}

    async def do(self, job: Job) -> Mapping[str, Any]:
        if self.facts(job.ability) is None:
            raise Unavailable
        id = self.new_id()
        try:
            await self._put(id, job)
            async with asyncio.timeout(job.seconds):
                answer = await self._answered(id)
        except (TimeoutError, Overloaded):
            raise Unavailable from None
        finally:
            with suppress(Overloaded):  # what is left of it is pruned
                await self._drop(id)
        if refused := answer.get("refused"):
            raise Refused(refused["code"], refused["reason"])
        result: Mapping[str, Any] = answer["result"]
        return result

    async def _put(self, id: str, job: Job) -> None:
        async def work(unit: SqlUnit) -> None:
            await unit.connection.execute(
                insert(t.analyst_jobs),
                {
                    "id": id,
                    "kind": job.kind,
                    "body": dict(job.body),
                    "seconds": job.seconds,
                    "created_at": unit.now,
                },
            )

        await write(self.store, work)

    async def _answered(self, id: str) -> Mapping[str, Any]:
        j = t.analyst_jobs.c
        while True:
            async with self.store.reading() as connection:
                found = await connection.execute(
                    select(j.answer).where(j.id == id, j.answer.is_not(None))
                )
                row = found.first()
            if row is not None:
                answer: Mapping[str, Any] = row.answer
                return answer
            await asyncio.sleep(LOOKS_EVERY)

    async def _drop(self, id: str) -> None:
        async def work(unit: SqlUnit) -> None:
            await unit.connection.execute(delete(t.analyst_jobs).where(t.analyst_jobs.c.id == id))

        await write(self.store, work)


class AnalystHere:
    """The other side: claims jobs and answers them, until it is cancelled."""

    def __init__(self, store: SqlStore, facts: Mapping[str, Any], answer: Answer) -> None:
        self.store, self.facts, self.answer = store, facts, answer

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._show())
            while True:
                for job in await _or_later(self.claim()) or ():
                    group.create_task(_or_later(self._carry_out(*job)))
                await asyncio.sleep(LOOKS_EVERY)

    async def _show(self) -> None:
        while True:
            await _or_later(self.store.follow_server_time())
            await _or_later(self.show())
            await asyncio.sleep(SAYS_EVERY)

    async def show(self) -> None:
        """Says what it is able to do, and that it is there now."""

        async def work(unit: SqlUnit) -> None:
            said = {"facts": dict(self.facts), "seen_at": unit.now.isoformat()}
            await set_fact(unit.connection, FACT, said)

        await write(self.store, work)

    async def claim(self) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """Jobs that nobody has, each for one analyst only: its id, and what it says."""
        j = t.analyst_jobs.c
        waiting = (
            select(j.id)
            .where(j.tenant == "default", j.claimed_at.is_(None))
            .order_by(j.created_at)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )

        async def work(unit: SqlUnit) -> Sequence[tuple[str, Mapping[str, Any]]]:
            rows = await unit.connection.execute(
                update(t.analyst_jobs)
                .where(j.id.in_(waiting))
                .values(claimed_at=unit.now)
                .returning(j.id, j.kind, j.body, j.seconds)
            )
            return [
                (row.id, {"kind": row.kind, "body": row.body, "seconds": row.seconds})
                for row in rows
            ]

        if not await self._any_waiting():
            return ()
        return await write(self.store, work)

    async def _any_waiting(self) -> bool:
        """A look costs nobody anything; a claim is a transaction."""
        j = t.analyst_jobs.c
        one = select(j.id).where(j.tenant == "default", j.claimed_at.is_(None)).limit(1)
        async with self.store.reading() as connection:
            return (await connection.execute(one)).first() is not None

    async def _carry_out(self, id: str, message: Mapping[str, Any]) -> None:
        answer = await self.answer(message)

        async def work(unit: SqlUnit) -> None:
            await unit.connection.execute(
                update(t.analyst_jobs).where(t.analyst_jobs.c.id == id).values(answer=dict(answer))
            )

        await write(self.store, work)


T = TypeVar("T")


async def _or_later(act: Awaitable[T]) -> T | None:
    """The loops' edge: a database that is away for a while must not end the analyst."""
    try:
        return await act
    except Away:
        return None
    except Exception:
        log.warning("analyst_tries_again", exc_info=True)
        return None
