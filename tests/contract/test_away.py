"""A database that is away is said once when it goes and once when it is back."""

import asyncio
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.domain.errors import Away
from bot.schedule import start
from storage.away import STEADY, Reach
from storage.hints import Listener
from storage.store import SqlStore
from tests.databases import opened
from tests.delivery.conftest import Outpost
from tests.engine.world import World
from tests.fakes.cable import cable
from tests.fakes.clock import FakeClock

TURNS = 12
"""Of all the loops together."""


@pytest.mark.postgres
async def test_loops_say_once_that_postgresql_is_away_and_once_that_it_is_back(
    postgres_url: str, clock: FakeClock
) -> None:
    """Each turn of each loop was a traceback of a hundred lines, every second."""
    seconds = 0.0
    async with cable(postgres_url) as (url, line), opened(url) as plain:
        database = replace(plain, reach=Reach(lambda: seconds))
        store = SqlStore(database, clock)
        timers, delivery = World(store, clock).timers, Outpost(store, clock).delivery
        listener = Listener(database, lambda hint: None)
        loops = [
            asyncio.create_task(loop)
            for loop in (timers.run(), delivery.run(), listener.run(again_after=0.01))
        ]
        try:
            async with asyncio.timeout(20):
                await store.next_due()
                with capture_logs() as logs:
                    line.cut()
                    for _ in range(TURNS):
                        timers.look()
                        delivery.look()
                        await line.refused.get()
                    with pytest.raises(Away):
                        await store.next_due()
                    line.mend()
                    while len(logs) < 2:  # a turn that had begun may fail even now
                        seconds += 60
                        await store.next_due()
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)

    gone, back = logs
    assert (gone["event"], gone["log_level"]) == ("database_away", "error")
    assert "Error" in gone["reason"]
    assert "exc_info" not in gone
    assert (back["event"], back["log_level"]) == ("database_back", "warning")


async def test_a_job_that_finds_the_database_away_has_nothing_to_add() -> None:
    tried = asyncio.Event()

    async def job() -> None:
        tried.set()
        raise Away

    with capture_logs() as logs:
        scheduler = start({"clock": (0.01, job)})
        await asyncio.wait_for(tried.wait(), 20)
        scheduler.shutdown(wait=False)

    assert logs == []


def test_a_database_that_comes_and_goes_is_back_when_it_stays() -> None:
    seconds = 0.0
    reach = Reach(lambda: seconds)
    with capture_logs() as logs:
        for seconds in (0.0, 0.5, 1.0, 1.5, 2.0):  # noqa: B007 - the reach asks for it
            reach.lost(ConnectionRefusedError("nobody there"))
            reach.found()
        seconds = 2.0 + STEADY
        reach.found()
        reach.found()

    assert logs == [
        {
            "event": "database_away",
            "log_level": "error",
            "reason": "ConnectionRefusedError: nobody there",
        },
        {"event": "database_back", "log_level": "warning", "away_seconds": 2.0},
    ]
