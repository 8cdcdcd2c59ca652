"""Tries, waits, expiry, the breaker: what can get better does, what cannot is on the record."""

from datetime import timedelta

import pytest

from bot.domain.effect import EffectKind
from bot.domain.errors import DeliveryError
from bot.domain.policy import Target, TargetKind
from bot.engine.announce import Hook
from bot.engine.breaker import BreakerState
from bot.engine.paging import Reached
from bot.engine.sending import LEASE
from bot.ports.channel import Job
from bot.ports.store import Claimed, Lane, Unit
from storage.store import SqlStore
from tests.delivery.conftest import Outpost
from tests.fakes.chat_platform import BREAK, HANG, LOST_REPLY, PERMANENT, TEMPORARY, Fault
from tests.fakes.clock import FakeClock


async def opened(outpost: Outpost) -> int:
    """An incident whose room is there; only a note is still to be posted."""
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver()
    outpost.chat.calls.clear()
    await outpost.incidents.note(number, "looking", outpost.ask())
    return number


@pytest.mark.parametrize("fault", [TEMPORARY, HANG, LOST_REPLY], ids=lambda f: f.deed.name)
async def test_what_may_get_better_is_tried_four_times_with_pauses(
    outpost: Outpost, fault: Fault
) -> None:
    number = await opened(outpost)
    outpost.delivery = outpost.deliverer(timeout=0.1)
    outpost.chat.faults.extend([fault] * 3)
    await outpost.deliver()
    assert outpost.chat.kinds() == ["Post"] * 4 + ["EditCard"]
    assert len({job.key for job in outpost.chat.calls}) == 2, "the same key for every try"
    for pause, meant in zip(outpost.pauses, (1, 2, 4), strict=True):
        assert meant * 0.7 <= pause <= meant * 1.3
    assert len(outpost.chat.room(number).said) == 1
    assert await outpost.entries(number, "notification_failed") == []


async def test_after_four_tries_the_row_waits_longer_each_time(both_outpost: Outpost) -> None:
    number = await opened(both_outpost)
    both_outpost.chat.broken[number] = TEMPORARY
    waits = []
    for _ in range(8):
        await both_outpost.deliver()
        due = await both_outpost.due(kind="Post")
        waits.append((due - both_outpost.clock.now()).total_seconds())
        both_outpost.delivery.breakers.clear()
        both_outpost.clock.forward(seconds=waits[-1])
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300]
    del both_outpost.chat.broken[number]
    await both_outpost.deliver()
    assert len(both_outpost.chat.room(number).said) == 1


async def test_retry_after_is_waited_for_within_the_call(outpost: Outpost) -> None:
    await opened(outpost)
    outpost.chat.faults.append(Fault(retry_after=17))
    await outpost.deliver()
    assert outpost.pauses == [17]


async def test_a_long_retry_after_is_honoured_by_the_row(outpost: Outpost) -> None:
    await opened(outpost)
    outpost.chat.faults.append(Fault(retry_after=600))
    begun = outpost.clock.now()
    await outpost.deliver()
    assert outpost.chat.kinds() == ["Post"]
    assert await outpost.due(kind="Post") == begun + timedelta(seconds=600)


async def test_a_post_is_given_up_after_seven_days(outpost: Outpost) -> None:
    number = await opened(outpost)
    outpost.chat.broken[number] = TEMPORARY
    await outpost.incidents.ack(number, outpost.ask())
    await outpost.deliver()
    outpost.clock.forward(days=7, seconds=1)
    del outpost.chat.broken[number]
    outpost.chat.calls.clear()
    await outpost.deliver()
    assert outpost.chat.calls == []
    assert "expired" in await outpost.states(incident=number, kind="Post")


async def test_a_replica_whose_lease_ran_out_settles_nothing(both_outpost: Outpost) -> None:
    await both_outpost.opens("p99 over 2 s")

    async def claim(unit: Unit) -> list[Claimed]:
        return await unit.claim(1, lease=LEASE, busy=["web", "sms"])

    async def settle(unit: Unit) -> bool:
        return await unit.settle(late, state="done")

    transact = both_outpost.store.transact
    (late,) = await transact(claim, lane=Lane.DELIVERY)
    both_outpost.clock.forward(seconds=LEASE - 1)
    assert await transact(claim, lane=Lane.DELIVERY) == []
    both_outpost.clock.forward(seconds=1)
    (ours,) = await transact(claim, lane=Lane.DELIVERY)
    assert ours.ids == late.ids
    assert await transact(settle, lane=Lane.DELIVERY) is False
    assert (await both_outpost.rows(id=ours.ids[0]))[0]["state"] == "pending"
    late = ours
    assert await transact(settle, lane=Lane.DELIVERY) is True


async def test_a_destination_that_is_not_set_up_is_on_the_record(outpost: Outpost) -> None:
    number = await outpost.opens("p99 over 2 s")
    del outpost.channels["sms"]
    await outpost.deliver_all(minutes=2)
    (failed,) = await outpost.entries(number, "notification_failed")
    assert failed.text == "sms is not set up."


# the breaker


async def failing(outpost: Outpost, rooms: int = 6) -> None:
    for n in range(rooms):
        await outpost.opens(f"room {n}", "P2")
    outpost.chat.broken = dict.fromkeys(outpost.chat.capabilities.effects, TEMPORARY)


def state(outpost: Outpost) -> BreakerState:
    return outpost.delivery.breakers["chat"].state(outpost.clock.now())


async def test_five_failures_open_the_breaker_and_nothing_more_is_tried(outpost: Outpost) -> None:
    await failing(outpost)
    await outpost.deliver()
    assert state(outpost) is BreakerState.OPEN
    tried = len(outpost.chat.calls)
    await outpost.deliver_all(minutes=1)
    assert len(outpost.chat.calls) - tried <= 1, "one try, once it is half open"


async def test_a_half_open_breaker_lets_one_through_at_a_time(outpost: Outpost) -> None:
    await failing(outpost)
    await outpost.deliver()
    outpost.clock.forward(seconds=61)
    outpost.chat.calls.clear()
    await outpost.deliver()
    assert len(outpost.chat.calls) == 1
    assert state(outpost) is BreakerState.OPEN, "it failed, so a minute more"


async def test_two_successes_close_it_and_everything_goes_out(outpost: Outpost) -> None:
    await failing(outpost)
    await outpost.deliver()
    outpost.chat.broken.clear()
    outpost.clock.forward(seconds=61)
    await outpost.deliver_all(minutes=10)
    assert state(outpost) is BreakerState.CLOSED
    assert {f"inc-{n}" for n in range(1, 7)} <= {room.name for room in outpost.chat.rooms.values()}
    assert await outpost.states(state="pending", destination="chat") == []


async def test_another_destination_does_not_rest_with_it(outpost: Outpost) -> None:
    await failing(outpost)
    await outpost.deliver()
    await outpost.opens("a page", "P0")
    await outpost.deliver()
    assert [person for person, _ in outpost.web.pages] == ["ann"]


async def test_a_hook_that_is_down_rests_alone(sqlite_store: SqlStore, clock: FakeClock) -> None:
    """Once one dead receiver silenced every subscriber and every webhook page for a minute."""
    hooks = (Hook("dead", "https://dead.example/in"), Hook("well", "https://well.example/in"))
    outpost = Outpost(sqlite_store, clock, hooks=hooks)
    down = DeliveryError("it is down")

    async def receive(job: Job) -> None:
        if job.payload.get("hook") == "dead":
            raise down

    outpost.webhook.before = receive
    for n in range(6):
        await outpost.opens(f"incident {n}", "P2")
    for _ in range(2):
        await outpost.deliver()
        clock.forward(seconds=10)
    states = outpost.delivery.breakers.states(clock.now())
    assert states["webhook:dead"] is BreakerState.OPEN
    assert states["webhook:well"] is BreakerState.CLOSED
    tried = len([job for job in outpost.webhook.calls if job.payload["hook"] == "dead"])
    waits = (await outpost.rows(ordering="webhook:dead"))[0]
    await outpost.opens("one more", "P2")
    clock.forward(seconds=15)
    await outpost.deliver()
    assert (await outpost.rows(ordering="webhook:dead"))[0] == waits, "it is not even claimed"
    assert {h["hook"] for h in outpost.webhook.hooks} == {"well"}
    assert len(outpost.webhook.hooks) == 7
    assert len([job for job in outpost.webhook.calls if job.payload["hook"] == "dead"]) == tried
    assert await outpost.states(ordering="webhook:dead", state="done") == []


async def test_a_webhook_that_is_paged_rests_by_its_host(outpost: Outpost) -> None:
    """The name of its breaker is shown in metrics, and the path may hold a secret."""
    number = await outpost.opens("p99 over 2 s")
    outpost.webhook.broken[EffectKind.PAGE] = TEMPORARY

    async def ring(unit: Unit) -> None:
        incident = await unit.incident(number)
        target = Target(kind=TargetKind.WEBHOOK, id="https://pager.example/secret?key=1")
        outpost.paging.ring(unit.ledger, incident, Reached(outside=(target,)), "1")

    await outpost.work(ring, lane=Lane.TIMERS)
    for _ in range(2):
        await outpost.deliver()
        outpost.clock.forward(seconds=10)
    states = outpost.delivery.breakers.states(outpost.clock.now())
    assert states["webhook:pager.example"] is BreakerState.OPEN
    assert not any("secret" in name for name in states)


async def test_a_lasting_refusal_says_nothing_about_the_destination(outpost: Outpost) -> None:
    number = await opened(outpost)
    for _ in range(8):
        await outpost.incidents.note(number, "again", outpost.ask())
    outpost.chat.faults.extend([PERMANENT] * 8)
    await outpost.deliver()
    assert state(outpost) is BreakerState.CLOSED


async def test_what_breaks_in_a_half_open_channel_does_not_shut_it_for_ever(
    outpost: Outpost,
) -> None:
    """Once a KeyError of ours left the breaker waiting for an answer that never came."""
    await failing(outpost, 1)
    await outpost.deliver_all(minutes=1)
    outpost.chat.broken = dict.fromkeys(outpost.chat.capabilities.effects, BREAK)
    await outpost.deliver_all(minutes=3)
    outpost.chat.broken.clear()
    await outpost.deliver_all(minutes=8)
    assert await outpost.states(state="pending", destination="chat") == []


async def test_a_row_that_breaks_us_does_not_stop_the_others(outpost: Outpost) -> None:
    one, two = await outpost.opens("one"), await outpost.opens("two")
    outpost.chat.broken[one] = BREAK
    await outpost.deliver()
    assert len(outpost.chat.room(two).cards) == 1
    assert "pending" in await outpost.states(incident=one, kind="OpenRoom")
