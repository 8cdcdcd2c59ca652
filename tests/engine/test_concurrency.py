"""Replicas on one PostgreSQL: whoever is faster, one incident, each timer once, no error seen."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.domain.errors import Conflict
from bot.domain.lifecycle import Action
from bot.ports.store import Lane, Unit
from storage import tables as t
from tests.engine.invariants import broken
from tests.engine.world import World, alert, decisions, over
from tests.fakes.clock import FakeClock

pytestmark = pytest.mark.postgres
SHOP = {"severity": "warning"}


@pytest.fixture
def dialect() -> str:
    return "postgresql"


class Pause:
    """Holds a transaction open after its work: `reached` is set, then it waits for `go`."""

    def __init__(self) -> None:
        self.reached, self.go = asyncio.Event(), asyncio.Event()

    async def here(self) -> None:
        self.reached.set()
        await self.go.wait()


async def decided_and_held(world: World, pause: Pause, *alerts) -> None:
    """Decides about alerts in a transaction that commits only when the pause is over."""

    async def do(unit: Unit) -> None:
        await world.pipeline.decide(unit, alerts)
        await pause.here()

    await world.store.transact(do, lane=Lane.INTAKE)


async def test_the_same_alert_at_once_opens_one_incident(replicas: list[World]) -> None:
    for n in range(8):
        verdicts = await asyncio.gather(*(world.fires(f"api {n} down") for world in replicas))
        assert sorted(verdict.decision for verdict in verdicts) == ["DUPLICATE", "OPENED"]
        assert len({verdict.incident_id for verdict in verdicts}) == 1

    assert len(await replicas[0].all_incidents()) == 8


async def test_alerts_of_one_group_at_once_open_one_incident(replicas: list[World]) -> None:
    for n in range(8):
        verdicts = await asyncio.gather(
            *(
                world.fires(f"api {n} down on {place}", group_key=f"g{n}")
                for place, world in enumerate(replicas)
            )
        )
        assert sorted(v.decision for v in verdicts) == ["JOINED_INCIDENT", "OPENED"]

    assert len(await replicas[0].all_incidents()) == 8


async def test_large_batches_in_opposite_order_do_not_block_each_other(
    replicas: list[World],
) -> None:
    storm = [alert(f"api {n} down", group_key=f"g{n % 40}") for n in range(120)]

    await asyncio.gather(replicas[0].sends(*storm), replicas[1].sends(*reversed(storm)))

    assert len(await replicas[0].all_incidents()) == 40
    assert await broken(replicas[0]) == []


async def test_the_last_two_alerts_that_clear_at_once_make_it_all_clear(
    replicas: list[World],
) -> None:
    for n in range(5):
        pair = [alert(f"{what} {n} down", group_key=f"g{n}") for what in ("api", "db")]
        await replicas[0].sends(*pair)

        await asyncio.gather(
            *(world.sends(over(one)) for world, one in zip(replicas, pair, strict=True))
        )

        assert (await replicas[0].incident(n + 1)).all_clear_at is not None


async def test_an_event_sent_to_both_counts_once(replicas: list[World]) -> None:
    await replicas[0].fires("p95")
    for n in range(8):
        event = alert("p95", event_id=f"e{n}")

        answers = await asyncio.gather(
            *(world.sends(event, deduplicates_events=True) for world in replicas)
        )

        assert [decisions(said) for said in answers] == [["DUPLICATE"], ["DUPLICATE"]]
        assert (await replicas[0].alert("p95")).count == n + 2


async def test_two_sweepers_decide_each_timer_once(replicas: list[World], clock: FakeClock) -> None:
    for n in range(10):
        await replicas[0].fires(f"api {n} down", "critical")
    clock.forward(minutes=5)

    while any(await asyncio.gather(*(world.timers.sweep() for world in replicas))):
        pass

    lateness = [kind for world in replicas for kind, _ in world.lateness]
    assert lateness == ["acknowledge"] * 10
    for n in range(10):
        assert (await replicas[0].entries(n + 1)).count("escalated") == 1
    assert len(await replicas[0].pages()) == 30


async def test_an_acknowledgement_and_its_clock_never_both_win(
    replicas: list[World], clock: FakeClock
) -> None:
    one, other = replicas
    for n in range(12):
        await one.fires(f"api {n} down", "critical")
    clock.forward(minutes=5)

    await asyncio.gather(*(other.ack("ann", n + 1) for n in range(12)), one.sweep(), other.sweep())
    await one.sweep()

    for n in range(12):
        kinds = [kind for kind in await one.entries(n + 1) if kind in ("acknowledged", "escalated")]
        assert kinds in (["acknowledged"], ["escalated", "acknowledged"])


async def test_a_timer_that_was_moved_meanwhile_is_not_decided_early(
    replicas: list[World], clock: FakeClock
) -> None:
    """One replica has read what is due; the other moves it before it is taken."""
    one, other = replicas
    await one.fires("api down", "critical")
    clock.forward(minutes=5)

    async def sweep(unit: Unit) -> set[int]:
        due = await unit.due_timers(10)
        async with other.store.database.writer.begin() as connection:
            later = clock.now() + timedelta(minutes=30)
            await connection.execute(
                update(t.timers).where(t.timers.c.id == due[0].id).values(due_at=later)
            )
        return await unit.take_timers([timer.id for timer in due])

    taken = await one.store.transact(sweep, lane=Lane.TIMERS)

    assert taken == set()
    assert (await one.pending())["acknowledge"] == 35


async def test_a_timer_that_was_decided_meanwhile_is_not_decided_again(
    replicas: list[World], clock: FakeClock
) -> None:
    one, other = replicas
    await one.fires("api down", "critical")
    clock.forward(minutes=5)

    async def sweep(unit: Unit) -> set[int]:
        due = await unit.due_timers(10)
        await other.sweep()
        return await unit.take_timers([timer.id for timer in due])

    taken = await one.store.transact(sweep, lane=Lane.TIMERS)

    assert taken == set()
    assert (await one.entries()).count("escalated") == 1


async def test_a_sweep_leaves_what_another_works_on_for_later(
    replicas: list[World], clock: FakeClock
) -> None:
    one, other = replicas
    await one.fires("api down", "critical")
    await one.fires("db down", "critical")
    clock.forward(minutes=5)

    async def work(unit: Unit) -> int:
        await unit.incident(1)
        return await other.timers.sweep()

    decided = await one.store.transact(work, lane=Lane.COMMANDS)
    await other.sweep()

    assert decided == 1
    assert [i.status for i in await one.all_incidents()] == ["ESCALATED", "ESCALATED"]


async def test_reopening_and_a_new_incident_for_the_group_are_never_both_open(
    replicas: list[World], clock: FakeClock
) -> None:
    """#1 is not the group's latest, so opening another one does not wait for its lock."""
    one, other = replicas
    for title in ("api down", "db down"):
        await one.fires(title, group_key="g", settles_at_once=True)
        await one.clears(title, group_key="g", settles_at_once=True)
        clock.forward(minutes=31)
    assert len(await one.all_incidents()) == 2
    pause = Pause()

    async def reopen(unit: Unit) -> None:
        incident = await unit.incident(1)
        if await unit.group_holder(1) is not None:
            raise Conflict("taken")
        one.incidents.life.act(unit.ledger, incident, Action.REOPEN, one.by("ann").actor)
        await pause.here()

    reopening = asyncio.create_task(one.store.transact(reopen, lane=Lane.COMMANDS))
    await pause.reached.wait()
    await other.fires("queue full", group_key="g")
    pause.go.set()

    with pytest.raises(Conflict):
        await reopening
    assert [i.open for i in await one.all_incidents()] == [False, False, True]


async def test_what_a_silence_hides_as_it_ends_is_woken(
    replicas: list[World], clock: FakeClock
) -> None:
    """Its alert was decided just before the end and is committed just after."""
    one, other = replicas
    await one.silence("ben", "service=pay", length=timedelta(hours=1))
    clock.forward(minutes=59, seconds=59)
    pause = Pause()
    deciding = asyncio.create_task(decided_and_held(one, pause, alert("api down", service="pay")))
    await pause.reached.wait()
    clock.forward(seconds=1)
    sweeping = asyncio.create_task(other.sweep())
    await asyncio.sleep(0.05)

    pause.go.set()
    await asyncio.gather(deciding, sweeping)
    await other.sweep()

    assert len(await one.all_incidents()) == 1


async def test_what_an_inhibition_hides_as_it_ends_is_woken(replicas: list[World]) -> None:
    one, other = replicas
    await one.fires("dc down", labels={"what": "dc"})
    pause = Pause()
    deciding = asyncio.create_task(decided_and_held(one, pause, alert("shop slow", labels=SHOP)))
    await pause.reached.wait()

    async def over_and_swept() -> None:
        await other.clears("dc down", labels={"what": "dc"})
        await other.sweep()

    clearing = asyncio.create_task(over_and_swept())
    await asyncio.wait({clearing}, timeout=0.3)

    pause.go.set()
    await asyncio.gather(deciding, clearing)

    assert (await one.alert("shop slow")).decision == "OPENED"


async def test_two_inhibiting_alerts_that_clear_at_once_wake_what_they_hid(
    replicas: list[World],
) -> None:
    dcs = [alert(f"dc {n} down", labels={"what": "dc"}) for n in (1, 2)]
    await replicas[0].sends(*dcs)
    await replicas[0].fires("shop slow", labels=SHOP)

    await asyncio.gather(*(world.sends(over(dc)) for world, dc in zip(replicas, dcs, strict=True)))
    await replicas[0].sweep()

    assert (await replicas[0].alert("shop slow")).decision == "OPENED"
