"""A room that cannot open yet holds nobody up: the card stands in the digest, then moves."""

from bot.domain.effect import EffectKind
from bot.domain.severity import Severity
from bot.engine.breaker import BreakerState
from bot.ports.store import Claimed, Lane, Unit
from tests.delivery.conftest import Outpost
from tests.fakes.chat_platform import DIGEST, PERMANENT, TEMPORARY, TOO_MUCH


async def test_the_card_stands_in_the_digest_until_the_room_opens(both_outpost: Outpost) -> None:
    both_outpost.chat.broken[EffectKind.OPEN_ROOM] = TOO_MUCH
    number = await both_outpost.opens("p99 over 2 s")
    await both_outpost.deliver()
    digest = both_outpost.chat.rooms[DIGEST]
    assert len(digest.cards) == 1
    await both_outpost.incidents.ack(number, both_outpost.ask())
    await both_outpost.deliver()
    assert "State: Acknowledged (was New)" in both_outpost.chat.card(number)
    assert digest.people == [], "nobody is invited into the digest"
    both_outpost.chat.broken.clear()
    await both_outpost.deliver_all(minutes=2)
    room = both_outpost.chat.room(number)
    assert (len(room.cards), len(digest.cards), room.people) == (1, 0, ["ann"])
    await both_outpost.incidents.resolve(number, both_outpost.ask())
    await both_outpost.deliver()
    assert "State: Resolved (was Acknowledged)" in both_outpost.chat.card(number)
    assert await both_outpost.states(state="pending", destination="chat") == []


async def test_waiting_for_ones_turn_is_nobodys_fault(outpost: Outpost) -> None:
    outpost.chat.broken[EffectKind.OPEN_ROOM] = TOO_MUCH
    for n in range(10):
        await outpost.opens(f"number {n}")
    await outpost.deliver()
    assert outpost.pauses == [], "a call that waits keeps no other from going out"
    breaker = outpost.delivery.breakers["chat"]
    assert breaker.state(outpost.clock.now()) is BreakerState.CLOSED
    assert len(outpost.chat.rooms[DIGEST].cards) == 10


async def test_the_most_severe_room_opens_first_when_its_turn_comes(outpost: Outpost) -> None:
    outpost.chat.broken[EffectKind.OPEN_ROOM] = TOO_MUCH
    await outpost.opens("not so bad", "P2")
    worst = await outpost.opens("very bad", "P0")
    await outpost.deliver()
    outpost.clock.forward(seconds=60)

    async def claim(unit: Unit) -> list[Claimed]:
        return await unit.claim(1, lease=60, busy=["web", "sms"])

    (claimed,) = await outpost.store.transact(claim, lane=Lane.DELIVERY)
    first = claimed.effects[0]
    assert (first.kind, first.incident) == (EffectKind.OPEN_ROOM, worst)


async def test_a_room_that_fails_for_good_later_leaves_the_card_where_it_is(
    outpost: Outpost,
) -> None:
    outpost.chat.broken[EffectKind.OPEN_ROOM] = TOO_MUCH
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver()
    outpost.chat.broken[EffectKind.OPEN_ROOM] = PERMANENT
    await outpost.deliver_all(minutes=2)
    assert len(outpost.chat.rooms[DIGEST].cards) == 1
    assert "Invite" not in outpost.chat.kinds(number)
    assert await outpost.states(state="pending", destination="chat") == []


async def test_while_the_platform_is_dark_nothing_moves(outpost: Outpost) -> None:
    for kind in outpost.chat.capabilities.effects:
        outpost.chat.broken[kind] = TEMPORARY
    first, second = await outpost.opens("one"), await outpost.opens("two")
    await outpost.deliver_all(minutes=1)
    outpost.chat.broken.clear()
    await outpost.deliver_all(minutes=10)
    assert outpost.chat.rooms[DIGEST].cards == {}
    assert [len(outpost.chat.room(n).cards) for n in (first, second)] == [1, 1]


async def test_a_thread_that_becomes_a_room_takes_its_card_along(outpost: Outpost) -> None:
    number = await outpost.opens("disk fills up", "P3")
    await outpost.deliver()
    assert len(outpost.chat.rooms[DIGEST].cards) == 1
    await outpost.incidents.severity(number, Severity.P1, outpost.ask())
    await outpost.deliver()
    assert (len(outpost.chat.room(number).cards), outpost.chat.rooms[DIGEST].cards) == (1, {})


async def test_every_try_says_how_often_it_was_tried_before(outpost: Outpost) -> None:
    await outpost.opens("p99 over 2 s")
    await outpost.deliver()
    outpost.chat.calls.clear()
    outpost.chat.faults.extend([TEMPORARY, TEMPORARY])
    await outpost.incidents.note(1, "looking", outpost.ask())
    await outpost.deliver()
    tries = [job.tries for job in outpost.chat.calls if job.kind is EffectKind.POST]
    assert tries == [0, 1, 2]
