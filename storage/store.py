"""Transactions: a function, run in one, written down whole or not at all."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final, TypeVar

import structlog
from sqlalchemy import Select, Table, func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import Away, Overloaded
from bot.domain.ledger import Ledger
from bot.ports.clock import Clock
from bot.ports.failpoint import failpoint
from bot.ports.store import AlreadyDone, Cause, Lane, Unit
from storage import tables as t
from storage.away import sqlstate
from storage.database import Database
from storage.flush import Contended
from storage.lanes import Lanes
from storage.types import from_micros
from storage.units import SqlUnit

log = structlog.get_logger()

T = TypeVar("T")
TRIES: Final = 4
"""One run, and three more with jitter."""

IN_THE_WAY: Final = "Too much is being written at once; please try again."

SERIALIZATION: Final = frozenset({"40001", "40P01", "55P03"})


def _next(table: Table) -> Select[datetime]:
    pending = select(table.c.due_at).where(table.c.state == "pending")
    return pending.order_by(table.c.due_at).limit(1)


_NEXT_TIMER: Final = _next(t.timers)
_NEXT_EFFECT: Final = _next(t.effects)


class HexRandomness:
    """20 fresh hex digits a call; the system is asked for many at once, which costs the same."""

    def __init__(self) -> None:
        self._left: list[str] = []

    def __call__(self) -> str:
        if not self._left:
            digits = secrets.token_hex(10 * 256)
            self._left = [digits[place : place + 20] for place in range(0, len(digits), 20)]
        return self._left.pop()


class SqlStore:
    """See bot.ports.store.Store. `told` is called after each commit with what was written."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        randomness: Callable[[], str] | None = None,
        replica: str = "main",
    ) -> None:
        self.database, self.clock = database, clock
        self.randomness, self.replica = randomness or HexRandomness(), replica
        self.sender = secrets.token_hex(6)
        self.lanes = Lanes() if database.is_sqlite else None
        self.commits = 0
        self.retries = 0
        self._told: list[Callable[[Ledger], None]] = []

    def now(self) -> datetime:
        return self.clock.now()

    def tell(self, listener: Callable[[Ledger], None]) -> None:
        self._told.append(listener)

    async def transact(
        self, work: Callable[[Unit], Awaitable[T]], *, lane: Lane, call: Cause | None = None
    ) -> T:
        for attempt in range(TRIES):
            try:
                with self.database.reached():
                    return await self._once(work, lane, call)
            except Away:
                raise
            except Exception as wrong:
                if attempt == TRIES - 1 and _in_the_way(wrong):
                    raise Overloaded(IN_THE_WAY) from wrong
                if attempt == TRIES - 1 or not _worth_another(wrong):
                    raise
                self.retries += 1
                log.info("transaction_again", attempt=attempt + 1, why=repr(wrong)[:200])
            await asyncio.sleep(random.uniform(0.005, 0.05) * 2**attempt)
        raise AssertionError("unreachable")

    async def look(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        async with self.database.reading() as connection:
            return await work(SqlUnit(connection, self._ledger(), self.replica))

    def _ledger(self) -> Ledger:
        return Ledger(self.now(), self.randomness)

    async def _once(
        self, work: Callable[[Unit], Awaitable[T]], lane: Lane, call: Cause | None
    ) -> T:
        async with (
            self._turn(lane),
            self.database.writer.connect() as connection,
            connection.begin() as transaction,
        ):
            unit = SqlUnit(connection, self._ledger(), self.replica, self.sender)
            if call is not None and not await unit.carry_out(call):
                raise AlreadyDone
            result = await work(unit)
            await unit.write_down()
            await failpoint("store.before_commit")
            await transaction.commit()
        self.commits += 1
        await self._after_commit(unit.ledger)
        return result

    async def _after_commit(self, ledger: Ledger) -> None:
        """What is committed is done, whatever becomes of those who are told of it."""
        try:
            await failpoint("store.after_commit")
            for listener in self._told:
                listener(ledger)
        except Exception:
            log.exception("not_told_of_commit")

    @asynccontextmanager
    async def _turn(self, lane: Lane) -> AsyncIterator[None]:
        if self.lanes is None:
            yield
            return
        async with self.lanes.turn(lane):
            yield

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        async with self.database.reading() as connection:
            yield connection

    async def catch_up(self) -> None:
        """The clock carries on from the newest stored time, or from the server's."""
        await self.follow_server_time()
        async with self.reading() as connection:
            newest = select(func.max(t.entries.c.recorded_at))
            self.clock.not_before((await connection.execute(newest)).scalar_one_or_none())

    async def follow_server_time(self) -> None:
        """PostgreSQL's clock is the truth for all its replicas; SQLite has none of its own."""
        if self.database.is_sqlite:
            return
        async with self.reading() as connection:
            micros = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
            self.clock.follow(from_micros((await connection.execute(text(micros))).scalar_one()))

    async def next_due(self) -> datetime | None:
        return await self._earliest(_NEXT_TIMER)

    async def next_delivery(self) -> datetime | None:
        return await self._earliest(_NEXT_EFFECT)

    async def _earliest(self, statement: Select[datetime]) -> datetime | None:
        async with self.database.reading(once=True) as connection:
            return (await connection.execute(statement)).scalar_one_or_none()


def _worth_another(wrong: Exception) -> bool:
    """The same work may well succeed now; a key that is taken is looked at again."""
    return isinstance(wrong, IntegrityError) or _in_the_way(wrong)


def _in_the_way(wrong: Exception) -> bool:
    """Somebody else was faster, or holds what we need; nothing is wrong with the work."""
    if isinstance(wrong, Contended):
        return True
    return isinstance(wrong, DBAPIError) and sqlstate(wrong) in SERIALIZATION
