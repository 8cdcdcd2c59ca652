"""Replicas tell each other what changed."""

import asyncio

import pytest

from bot.domain.entry import EntryType
from bot.domain.incident import blank
from bot.domain.people import SYSTEM
from bot.ports.store import Lane, Unit
from storage.hints import Listener
from storage.store import SqlStore
from tests.databases import opened
from tests.fakes.clock import FakeClock


async def opens_one(store: SqlStore) -> int:
    async def do(unit: Unit) -> int:
        (number,) = await unit.new_numbers(1)
        incident = blank(number, unit.now)
        unit.ledger.created[number] = incident
        unit.ledger.enter(incident, EntryType.INCIDENT_CREATED, SYSTEM, set={"title": "down"})
        return number

    return await store.transact(do, lane=Lane.COMMANDS)


@pytest.mark.postgres
async def test_another_replica_hears_which_incident_changed(
    postgres_url: str, clock: FakeClock
) -> None:
    async with opened(postgres_url) as database:
        await hears(SqlStore(database, clock))


async def hears(store: SqlStore) -> None:
    heard: asyncio.Queue[list[int]] = asyncio.Queue()
    listener = Listener(store.database, lambda numbers: heard.put_nowait(list(numbers)))
    listening = asyncio.create_task(listener.run())
    try:
        async with asyncio.timeout(20):
            number = await opens_one(store)
            while True:  # what was committed before it listened is not told; so tell again
                try:
                    async with asyncio.timeout(0.5):
                        told = await heard.get()
                    break
                except TimeoutError:
                    number = await opens_one(store)
        assert number in told or number - 1 in told
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def test_on_sqlite_there_is_nobody_to_tell(sqlite_store: SqlStore) -> None:
    listener = Listener(sqlite_store.database, lambda numbers: None)

    await listener.run()
    assert await opens_one(sqlite_store) == 1
