"""A process that is asked to stop, at whatever it is doing: nobody has to wait for its claims."""

import asyncio
from contextlib import suppress

import pytest
from sqlalchemy import event

from bot.engine import delivery as loop
from bot.ports.channel import Job
from bot.ports.failpoint import arm
from tests.delivery.conftest import Outpost


async def ended(running: asyncio.Task[None]) -> None:
    with suppress(asyncio.CancelledError):
        async with asyncio.timeout(20):
            await running
    assert running.cancelled()


async def test_claims_that_are_being_committed_go_back(outpost: Outpost) -> None:
    """The commit goes through although nobody waits for it any more."""
    await outpost.opens("api down")
    engine = outpost.store.database.writer.sync_engine
    running = asyncio.create_task(outpost.delivery.run())

    def stop(connection: object) -> None:
        running.cancel()

    event.listen(engine, "commit", stop, once=True)
    await ended(running)
    await taken_by_the_next(outpost)


async def test_a_database_that_hangs_holds_nobody_up(
    outpost: Outpost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits longer for it than for calls; what it may have claimed ends by itself."""
    monkeypatch.setattr(loop, "PATIENCE", 0.05)
    asked, answers = asyncio.Event(), asyncio.Event()

    async def hangs(*_: object, **__: object) -> None:
        asked.set()
        await answers.wait()

    await outpost.opens("api down")
    monkeypatch.setattr(outpost.store, "transact", hangs)
    running = asyncio.create_task(outpost.delivery.run())
    await asyncio.wait_for(asked.wait(), 20)
    running.cancel()
    await ended(running)


async def test_claims_that_were_just_committed_go_back(outpost: Outpost) -> None:
    await outpost.opens("api down")
    arm("delivery.after_claim:1:sleep")
    running = asyncio.create_task(outpost.delivery.run())
    async with asyncio.timeout(20):
        while not [row for row in await outpost.rows(state="pending") if row["token"]]:
            await asyncio.sleep(0)
    running.cancel()
    await ended(running)
    arm("")
    await taken_by_the_next(outpost)


async def test_a_call_that_does_not_end_gives_its_claim_back(
    outpost: Outpost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "PATIENCE", 0.05)
    rings = asyncio.Event()

    async def hangs(job: Job) -> None:
        rings.set()
        await asyncio.Event().wait()

    outpost.web.before = hangs
    await outpost.opens("api down")
    running = asyncio.create_task(outpost.delivery.run())
    await asyncio.wait_for(rings.wait(), 20)
    running.cancel()
    await ended(running)
    outpost.web.before = None
    await taken_by_the_next(outpost)


async def taken_by_the_next(outpost: Outpost) -> None:
    """At the very same moment: no lease has to run out first."""
    left = await outpost.rows(state="pending")
    assert left
    assert [row["key"] for row in left if row["claimed_until"] is not None] == []
    await outpost.deliver()
    assert outpost.web.pages
