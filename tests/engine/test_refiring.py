"""After a resolution: still firing, refired, or a new trouble."""

import pytest

from bot.domain.alert import Decision
from bot.domain.errors import Conflict
from bot.domain.incident import Outcome
from bot.domain.lifecycle import Action, State
from bot.domain.silence import DEFAULT_LENGTH
from tests.engine.world import World, alert


async def resolved_by_source(world: World) -> None:
    await world.fires("api down", "high")
    await world.clears("api down", "high", settles_at_once=True)


@pytest.mark.parametrize("minutes", [0, 29.9])
async def test_within_thirty_minutes_it_refires(both_worlds: World, minutes: float) -> None:
    world = both_worlds
    await resolved_by_source(world)
    await world.forward(minutes=minutes)

    verdict = await world.fires("api down", "high")

    incident = await world.incident()
    assert verdict.decision is Decision.REFIRED
    assert (incident.status, incident.round, incident.outcome) == (State.NEW, 2, None)
    assert len(await world.all_incidents()) == 1
    assert [told.minute for told in await world.pages(withdrawn=False)] == [minutes]
    assert (await world.pending())["acknowledge"] == minutes + 15
    assert "auto_close" not in await world.pending()
    assert "refired" in await world.entries()


async def test_after_thirty_minutes_it_is_a_new_one_related_to_the_old(
    both_worlds: World,
) -> None:
    await resolved_by_source(both_worlds)
    await both_worlds.forward(minutes=30)

    verdict = await both_worlds.fires("api down", "high")

    assert verdict.decision is Decision.OPENED
    assert (await both_worlds.incident(2)).related_to == 1


async def test_a_closed_incident_does_not_refire(world: World) -> None:
    await resolved_by_source(world)
    await world.acts("ann", Action.CLOSE)

    verdict = await world.fires("api down", "high")

    assert verdict.decision is Decision.OPENED
    assert (await world.incident(2)).related_to == 1


async def test_another_alert_of_the_group_refires_it(world: World) -> None:
    await world.fires("api down", group_key="g")
    await world.resolve("ann")

    verdict = await world.fires("db down", group_key="g")

    assert verdict.decision is Decision.REFIRED


async def test_an_acknowledgement_does_not_outlive_the_resolution(world: World) -> None:
    await world.fires("api down", "high")
    await world.ack("ann")
    await world.clears("api down", "high", settles_at_once=True)

    await world.fires("api down", "high")
    await world.watch(minutes=15)

    assert (await world.incident()).status is State.ESCALATED


async def test_what_a_person_resolved_and_the_source_did_not_is_still_firing(
    both_worlds: World,
) -> None:
    world = both_worlds
    await world.fires("api down")
    await world.resolve("ann")
    await world.forward(minutes=1)

    verdict = await world.fires("api down")

    assert (verdict.decision, verdict.incident_id) == (
        Decision.STILL_FIRING,
        "INC-20260105-00001",
    )
    assert (await world.incident()).status is State.RESOLVED
    assert (await world.pending())["still_firing"] == 15


async def test_fifteen_minutes_later_it_refires_by_itself(both_worlds: World) -> None:
    world = both_worlds
    await world.fires("api down", "high")
    await world.resolve("ann")
    await world.forward(minutes=1)
    await world.fires("api down", "high")

    await world.forward(minutes=13, seconds=59)
    before = (await world.incident()).status
    await world.forward(seconds=1)

    incident = await world.incident()
    assert (before, incident.status) == (State.RESOLVED, State.NEW)
    assert [told.minute for told in await world.pages(withdrawn=False)] == [15]
    assert (await world.alert("api down")).count == 2


async def test_never_seen_again_it_stays_resolved(world: World) -> None:
    await world.fires("api down")
    await world.resolve("ann")

    await world.forward(hours=2)

    assert (await world.incident()).status is State.RESOLVED


async def test_seen_again_much_later_it_refires_at_once(world: World) -> None:
    await world.fires("api down")
    await world.resolve("ann")
    await world.forward(hours=3)

    verdict = await world.fires("api down")
    await world.sweep()

    assert verdict.decision is Decision.STILL_FIRING
    assert (await world.incident()).status is State.NEW
    assert len(await world.all_incidents()) == 1


async def test_cleared_before_its_time_it_stays_resolved(world: World) -> None:
    await world.fires("api down")
    await world.resolve("ann")
    await world.forward(minutes=1)
    await world.fires("api down")
    await world.forward(minutes=5)

    await world.clears("api down")
    await world.forward(minutes=30)

    assert (await world.incident()).status is State.RESOLVED


async def test_cleared_and_back_within_thirty_minutes_it_refires(world: World) -> None:
    await world.fires("api down")
    await world.resolve("ann")
    await world.clears("api down")
    await world.forward(minutes=20)

    verdict = await world.fires("api down")

    assert verdict.decision is Decision.REFIRED


async def test_closed_meanwhile_it_opens_anew(world: World) -> None:
    await world.fires("api down")
    await world.resolve("ann")
    await world.forward(minutes=1)
    await world.fires("api down")
    await world.acts("ann", Action.CLOSE)

    still = await world.fires("api down")
    await world.forward(minutes=14)

    assert still.decision is Decision.STILL_FIRING
    assert (await world.incident(1)).status is State.CLOSED
    assert (await world.incident(2)).status is State.NEW
    assert (await world.incident(2)).related_to == 1


async def test_reopened_by_hand_nothing_refires_it(world: World) -> None:
    await world.fires("api down")
    await world.resolve("ann")
    await world.forward(minutes=1)
    await world.fires("api down")

    await world.acts("ann", Action.REOPEN)
    await world.forward(minutes=20)

    assert (await world.incident()).status is State.IN_PROGRESS
    assert "refired" not in await world.entries()


async def test_two_alerts_that_still_fire_refire_one_incident_once(world: World) -> None:
    both = [alert("api down", group_key="g"), alert("db down", group_key="g")]
    await world.sends(*both)
    await world.resolve("ann")
    await world.forward(minutes=1)
    await world.sends(*both)

    await world.forward(minutes=14)

    assert (await world.entries()).count("refired") == 1
    assert {(await world.alert(title)).count for title in ("api down", "db down")} == {2}


async def test_a_false_alarm_still_firing_refires_too(world: World) -> None:
    await world.fires("api down")
    await world.incidents.resolve(1, world.by("ann"), outcome=Outcome.FALSE_ALARM)
    await world.forward(minutes=1)
    await world.fires("api down")

    await world.forward(minutes=15)

    assert (await world.incident()).status is State.NEW


async def test_cleared_since_it_never_counts_as_still_firing_behind_a_silence(
    world: World,
) -> None:
    """Resolved by hand, cleared by its source, fired again hours later inside a silence."""
    await world.fires("api down", group_key="g")
    await world.resolve("ann")
    await world.clears("api down", group_key="g")
    await world.forward(hours=2)
    await world.silence("ann", 'title="api down"', length=DEFAULT_LENGTH)
    await world.fires("api down", group_key="g")

    await world.forward(hours=1)

    assert (await world.incident(1)).status is State.RESOLVED
    assert (await world.incident(2)).related_to == 1


async def test_reopening_while_another_holds_the_group_names_it(both_worlds: World) -> None:
    world = both_worlds
    await resolved_by_source(world)
    await world.forward(minutes=30)
    await world.fires("api down", "high")

    with pytest.raises(Conflict, match="#2"):
        await world.acts("ann", Action.REOPEN)

    assert (await world.incident(1)).status is State.RESOLVED


async def test_undoing_a_resolution_while_another_holds_the_group_is_refused(
    world: World,
) -> None:
    await world.fires("api down", group_key="g")
    await world.resolve("ann")
    await world.acts("ann", Action.CLOSE)
    await world.fires("db down", group_key="g")

    with pytest.raises(Conflict, match="#2"):
        await world.incidents.undo(1, world.by("ann"))

    assert not (await world.incident(1)).open
