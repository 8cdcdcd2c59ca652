"""Two batches at work at once on PostgreSQL: sooner done, and nothing out of its order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

import pytest

from bot.ports.store import Unit
from storage.store import SqlStore
from tests.engine.world import World, alert, over
from tests.fakes.clock import FakeClock

T = TypeVar("T")

pytestmark = pytest.mark.postgres


@pytest.fixture
def dialect() -> str:
    return "postgresql"


class Gate:
    """Stands before the commits of a world's intake: `begun` counts them, `open` lets them pass."""

    def __init__(self, world: World) -> None:
        self.work, self.begun, self.open = world.intake.batches.work, 0, asyncio.Event()
        world.intake.batches.work = self  # type: ignore[assignment]

    async def __call__(self, do: Callable[[Unit], Awaitable[Any]], **said: Any) -> Any:
        self.begun += 1
        await self.open.wait()
        return await self.work(do, **said)


@pytest.fixture
async def world(store: SqlStore, clock: FakeClock) -> AsyncIterator[World]:
    async with World(store, clock) as made:
        yield made
        if isinstance(made.intake.batches.work, Gate):
            made.intake.batches.work.open.set()  # or a test that failed would wait for ever


async def soon(said: Awaitable[T]) -> asyncio.Task[T]:
    """Sends it, and lets the loop turn until whatever can begin has begun."""
    task = asyncio.ensure_future(said)
    for _ in range(20):
        await asyncio.sleep(0)
    return task


async def test_one_batch_is_thought_about_while_another_is_written_down(world: World) -> None:
    gate = Gate(world)
    sent = [await soon(world.fires(f"api {n} down")) for n in range(4)]
    assert gate.begun == 2
    assert world.intake.queued == 2

    gate.open.set()
    assert [(await one).decision for one in sent] == ["OPENED"] * 4
    assert gate.begun == 3


@pytest.mark.parametrize(("alerts", "batches"), [(40, 2), (12, 1)], ids=["many", "a few"])
async def test_what_comes_at_once_is_shared_out_if_it_is_worth_it(
    world: World, alerts: int, batches: int
) -> None:
    """Or one of them would have all senders, and the other nothing to do meanwhile."""
    gate = Gate(world)
    sent = [asyncio.ensure_future(world.fires(f"api {n} down")) for n in range(alerts)]
    await soon(asyncio.sleep(0))
    assert (gate.begun, world.intake.queued) == (batches, 0)

    gate.open.set()
    assert {(await one).decision for one in sent} == {"OPENED"}


async def test_what_is_said_of_one_alert_is_decided_as_it_came(world: World) -> None:
    gate = Gate(world)
    opened = await soon(world.fires("api down"))
    resolved = await soon(world.clears("api down"))
    behind = await soon(world.fires("db down"))
    assert gate.begun == 1  # nobody overtakes, so that a flood of one alert starves no other

    gate.open.set()
    assert (await opened).decision == "OPENED"
    assert (await resolved).decision == "RESOLVED"
    assert (await behind).decision == "OPENED"


async def test_what_names_one_group_is_decided_as_it_came(world: World) -> None:
    gate = Gate(world)
    first = await soon(world.fires("api down", group_key="shop"))
    second = await soon(world.fires("web down", group_key="shop"))
    assert gate.begun == 1

    gate.open.set()
    assert (await first).incident_id == (await second).incident_id
    assert world.store.retries == 0


async def test_an_event_sent_twice_is_told_the_same_and_counted_once(world: World) -> None:
    gate = Gate(world)
    event = alert("api down", event_id="e-1")
    copies = [await soon(world.sends(event, deduplicates_events=True)) for _ in range(2)]
    assert gate.begun == 1

    gate.open.set()
    (first,), (again,) = [await one for one in copies]
    assert (first.again, again.again) == (False, True)
    assert first.incident_id == again.incident_id


async def test_whoever_stops_it_waits_for_both(world: World) -> None:
    gate = Gate(world)
    sent = [await soon(world.fires(f"api {n} down")) for n in range(3)]
    stopping = asyncio.ensure_future(world.intake.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    assert world.intake.alive

    gate.open.set()
    await stopping
    assert [(await one).decision for one in sent] == ["OPENED"] * 3
    assert not world.intake.alive


async def test_it_is_idle_when_everybody_has_an_answer(world: World) -> None:
    await asyncio.wait_for(world.intake.idle(), 1)
    gate = Gate(world)
    sent = [await soon(world.fires(f"api {n} down")) for n in range(2)]
    waiting = asyncio.ensure_future(world.intake.idle())
    await asyncio.sleep(0)
    assert not waiting.done()

    gate.open.set()
    await asyncio.wait_for(waiting, 10)
    assert all(one.done() for one in sent)


async def test_a_hundred_that_fire_and_clear_at_once_all_end(world: World) -> None:
    said = [(alert(f"api {n} down"), over(alert(f"api {n} down"))) for n in range(100)]
    sent = [await_one for pair in said for await_one in map(world.sends, pair)]
    verdicts = await asyncio.gather(*sent)
    decided = [verdict.decision for (verdict,) in verdicts]
    assert decided == ["OPENED", "RESOLVED"] * 100


async def test_what_breaks_the_loop_is_seen(world: World) -> None:
    async def broken(*_: object) -> None:
        raise SystemError("a fault of ours")

    world.intake._serve = broken  # type: ignore[method-assign]
    await soon(world.fires("api down"))
    assert not world.intake.alive
    runner = world.intake._runner
    assert runner is not None
    with pytest.raises(SystemError):
        runner.result()
    world.intake._runner = None
