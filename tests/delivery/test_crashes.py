"""A process that dies at the worst moment: nothing is lost, and nothing is seen a third time."""

import asyncio
from contextlib import suppress

import pytest

from bot.engine.sending import LEASE
from bot.ports.channel import Job
from bot.ports.failpoint import FailpointHit, arm
from tests.delivery.conftest import Outpost

POINTS = [
    "delivery.after_claim",
    "delivery.before_call",
    "delivery.after_call",
    "delivery.after_settle",
    "store.before_commit",
    "store.after_commit",
]


class Died(BaseException):
    """The process is gone: no `except Exception` of ours sees it."""


async def die(outpost: Outpost, point: str, nth: int) -> None:
    """One deliverer that dies at the n-th time it passes this point; what it began ends first."""
    arm(f"{point}:{nth}:raise")
    delivery = outpost.deliverer()

    async def gone(*_: object) -> None:
        raise Died

    delivery.settling.put_back = gone  # type: ignore[method-assign]  # the dead put nothing back
    living = asyncio.all_tasks()
    with suppress(Died, FailpointHit):
        await delivery.drain()
    await asyncio.gather(*(asyncio.all_tasks() - living), return_exceptions=True)
    arm("")


@pytest.mark.parametrize("reconciles", [True, False], ids=["reconciled", "by itself"])
@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("point", POINTS)
async def test_nothing_is_lost_and_nothing_is_seen_three_times(
    outpost: Outpost, point: str, nth: int, reconciles: bool
) -> None:
    outpost.chat.reconciles = outpost.web.reconciles = reconciles
    number = await outpost.opens("p99 over 2 s")
    await outpost.incidents.note(number, "looking", outpost.ask())
    await die(outpost, point, nth)
    outpost.clock.forward(seconds=LEASE)
    await outpost.deliver_all(minutes=1)
    assert await outpost.states(state="pending") == []
    rooms = [room for room in outpost.chat.rooms.values() if room.name == f"inc-{number}"]
    told = [room.said for room in rooms if room.said]
    seen = [len(rooms), sum(len(r.cards) for r in rooms), sum(map(len, told)), len(rung(outpost))]
    assert min(seen) == 1, seen
    assert max(seen) <= (1 if reconciles else 2), seen


def rung(outpost: Outpost) -> list[tuple[str, str]]:
    return outpost.web.pages


async def test_what_fails_between_call_and_commit_is_put_back_by_who_lives(
    outpost: Outpost,
) -> None:
    arm("delivery.after_call:1:raise")
    await outpost.opens("p99 over 2 s", "P1")
    await outpost.deliver_all(minutes=2)
    assert await outpost.states(state="pending") == []


async def test_hold_stops_everything_and_lets_it_go_afterwards(outpost: Outpost) -> None:
    outpost.on_hold = True
    await outpost.opens("p99 over 2 s")
    await outpost.deliver_all(minutes=2)
    assert outpost.chat.calls == outpost.web.calls == outpost.sms.calls == []
    outpost.on_hold = False
    await outpost.deliver_all(minutes=2)
    assert outpost.chat.calls
    assert len(outpost.web.pages) == len(outpost.sms.pages) == 1


async def test_hold_stops_the_tries_of_a_call_under_way(outpost: Outpost) -> None:
    number = await outpost.opens("p99 over 2 s")

    async def hold(job: Job) -> None:
        outpost.on_hold = True
        outpost.clock.forward(seconds=2)
        await asyncio.Event().wait()

    outpost.chat.before = hold
    outpost.delivery = outpost.deliverer(timeout=0.02)
    await outpost.deliver_all(minutes=1)
    assert outpost.chat.kinds(number) == ["OpenRoom"]


async def test_the_loop_delivers_and_outlives_its_failures(outpost: Outpost) -> None:
    arm("delivery.after_claim:1:raise")
    number = await outpost.opens("p99 over 2 s")
    loop = asyncio.create_task(outpost.delivery.run())
    async with asyncio.timeout(20):
        while "Post" not in outpost.chat.kinds(number) or not outpost.web.pages:
            await asyncio.sleep(0.01)
            outpost.clock.forward(seconds=5)
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)


async def test_two_deliverers_never_send_the_same_row_twice(both_outpost: Outpost) -> None:
    for n in range(12):
        number = await both_outpost.opens(f"incident {n}")
        await both_outpost.incidents.note(number, "looking", both_outpost.ask())
    store = both_outpost.another_store()
    replicas = [both_outpost.delivery, both_outpost.deliverer(store), both_outpost.deliverer()]
    for _ in range(3):
        await asyncio.gather(*(replica.drain() for replica in replicas))
        both_outpost.clock.forward(seconds=61)
    for channel in (both_outpost.chat, both_outpost.web, both_outpost.sms):
        keys = [job.key for job in channel.calls]
        assert len(keys) == len(set(keys))
    assert await both_outpost.states(state="pending") == []
    for number in range(1, 13):
        kinds = both_outpost.chat.kinds(number)
        assert kinds.index("OpenRoom") < kinds.index("Post")
        assert len(both_outpost.chat.room(number).said) == 1
