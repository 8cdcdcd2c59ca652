"""Replicas tell each other what changed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from sqlalchemy import text

from bot.domain.entry import EntryType
from bot.domain.incident import blank
from bot.domain.people import SYSTEM
from bot.ports.store import Lane, Unit
from storage.flush.hint import Hint
from storage.hints import Listener
from storage.store import SqlStore
from tests.databases import opened
from tests.fakes.clock import FakeClock


async def opens_one(store: SqlStore, *, rings: bool = False) -> int:
    async def do(unit: Unit) -> int:
        (number,) = await unit.new_numbers(1)
        incident = blank(number, unit.now)
        unit.ledger.created[number] = incident
        unit.ledger.enter(incident, EntryType.INCIDENT_CREATED, SYSTEM, set={"title": "down"})
        if rings:
            unit.ledger.arm(f"incident:{number}", "escalation", 0, unit.now)
        return number

    return await store.transact(do, lane=Lane.COMMANDS)


@pytest.mark.postgres
async def test_another_replica_hears_what_changed_and_what_was_queued(
    postgres_url: str, clock: FakeClock
) -> None:
    async with two(postgres_url, clock) as (_, theirs, heard):
        number = await opens_one(theirs, rings=True)
        assert await heard.get() == Hint((number,), timers=True, effects=False)
        number = await opens_one(theirs)
        assert await heard.get() == Hint((number,), timers=False, effects=False)


@pytest.mark.postgres
async def test_what_this_process_committed_it_need_not_hear(
    postgres_url: str, clock: FakeClock
) -> None:
    async with two(postgres_url, clock) as (ours, theirs, heard):
        await opens_one(ours)
        number = await opens_one(theirs)
        assert (await heard.get()).incidents == (number,)


@pytest.mark.postgres
async def test_a_hint_of_another_version_wakes_the_loops(
    postgres_url: str, clock: FakeClock
) -> None:
    async with two(postgres_url, clock) as (_, theirs, heard):
        async with theirs.database.writer.begin() as connection:
            await connection.execute(text("SELECT pg_notify('muster', '7,8')"))
        assert await heard.get() == Hint((), timers=True, effects=True)


@asynccontextmanager
async def two(
    url: str, clock: FakeClock
) -> AsyncIterator[tuple[SqlStore, SqlStore, asyncio.Queue[Hint]]]:
    """Ours, theirs, and what ours hears."""
    async with opened(url) as database:
        ours, theirs = SqlStore(database, clock), SqlStore(database, clock)
        heard: asyncio.Queue[Hint] = asyncio.Queue()
        listener = Listener(database, heard.put_nowait, sender=ours.sender)
        listening = asyncio.create_task(listener.run())
        try:
            async with asyncio.timeout(20):
                await until_heard(theirs, heard)
                yield ours, theirs, heard
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def until_heard(store: SqlStore, heard: asyncio.Queue[Hint]) -> None:
    """What was committed before it listened is not told; so tell again."""
    told = None
    while told is None:
        number = await opens_one(store)
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                told = await heard.get()
    while told.incidents != (number,):
        told = await heard.get()


async def test_on_sqlite_there_is_nobody_to_tell(sqlite_store: SqlStore) -> None:
    listener = Listener(sqlite_store.database, lambda numbers: None)

    await listener.run()
    assert await opens_one(sqlite_store) == 1
