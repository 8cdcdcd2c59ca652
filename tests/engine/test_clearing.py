"""The source says it is over: its alert clears, and after the settle time the incident."""

from datetime import timedelta

import pytest

from bot.domain.alert import Decision
from bot.domain.incident import Outcome
from bot.domain.lifecycle import Action, State
from bot.engine.rules import IntakeRules
from tests.engine.conftest import MakeWorld
from tests.engine.world import World, alert, over


async def test_all_clear_resolves_after_sixty_seconds(both_worlds: World) -> None:
    world = both_worlds
    await world.fires("api down")

    verdict = await world.clears("api down")
    await world.forward(seconds=59)
    before = (await world.incident()).status
    await world.forward(seconds=1)

    incident = await world.incident()
    assert (verdict.decision, verdict.incident_id) == (Decision.RESOLVED, incident.id)
    assert (before, incident.status) == (State.NEW, State.RESOLVED)
    assert (incident.outcome, incident.resolved_by) == (Outcome.CLEARED, "prometheus")
    assert await world.entries() == ["incident_created", "all_clear", "resolved"]
    assert set(await world.pending()) == {"auto_close"}


async def test_a_resolution_clears_its_own_alert_only(world: World) -> None:
    await world.sends(alert("api down", group_key="g"), alert("db down", group_key="g"))

    await world.clears("api down", group_key="g")
    await world.forward(minutes=2)

    assert (await world.incident()).status is State.NEW
    assert "all_clear" not in await world.entries()
    assert not (await world.alert("api down")).firing
    assert (await world.alert("db down")).firing


async def test_the_last_one_to_clear_starts_the_settle_time(world: World) -> None:
    await world.sends(alert("api down", group_key="g"), alert("db down", group_key="g"))
    await world.clears("api down", group_key="g")
    await world.forward(minutes=5)

    await world.clears("db down", group_key="g")

    assert (await world.pending())["settle"] == 6


async def test_two_clear_in_one_request(world: World) -> None:
    await world.sends(alert("api down", group_key="g"), alert("db down", group_key="g"))

    await world.sends(over(alert("api down", group_key="g")), over(alert("db down", group_key="g")))
    await world.forward(minutes=1)

    assert (await world.incident()).status is State.RESOLVED


async def test_firing_again_within_the_settle_time_keeps_it_open(world: World) -> None:
    await world.fires("api down")
    await world.clears("api down")
    await world.forward(seconds=30)

    verdict = await world.fires("api down")
    await world.forward(minutes=5)

    assert verdict.decision is Decision.JOINED_INCIDENT
    assert (await world.incident()).status is State.NEW
    assert (await world.incident()).all_clear_at is None
    assert "settle" not in await world.pending()


async def test_clearing_twice_within_the_settle_time_counts_from_the_last(world: World) -> None:
    await world.fires("api down")
    await world.clears("api down")
    await world.forward(seconds=30)
    await world.fires("api down")
    await world.forward(seconds=15)
    await world.clears("api down")

    await world.forward(seconds=59)
    before = (await world.incident()).status
    await world.forward(seconds=1)

    assert (before, (await world.incident()).status) == (State.NEW, State.RESOLVED)


async def test_a_settle_time_of_zero_resolves_at_once(make_world: MakeWorld) -> None:
    world = await make_world(intake=IntakeRules(settle=timedelta(0)))
    await world.fires("api down")

    await world.clears("api down")

    assert (await world.incident()).status is State.RESOLVED
    assert set(await world.pending()) == {"auto_close"}


async def test_a_final_resolution_does_not_wait(world: World) -> None:
    await world.fires("api down")

    await world.clears("api down", settles_at_once=True)

    assert (await world.incident()).status is State.RESOLVED


@pytest.mark.parametrize("before", ["acknowledged", "escalated"])
async def test_what_nobody_works_on_resolves_itself(world: World, before: str) -> None:
    await world.fires("api down", "critical")
    if before == "acknowledged":
        await world.ack("ann")
    else:
        await world.watch(minutes=5)

    await world.clears("api down", "critical")
    await world.forward(minutes=1)

    assert (await world.incident()).status is State.RESOLVED


async def test_what_a_person_works_on_is_only_asked_about(world: World) -> None:
    await world.fires("api down")
    await world.ack("ann")
    await world.acts("ann", Action.START_WORK)

    await world.clears("api down")
    await world.forward(minutes=10)

    incident = await world.incident()
    assert incident.status is State.IN_PROGRESS
    assert incident.all_clear_at is not None


async def test_what_was_taken_while_escalated_is_only_asked_about(world: World) -> None:
    await world.fires("api down", "critical")
    await world.watch(minutes=5)
    await world.ack("ben")

    await world.clears("api down", "critical")
    await world.forward(minutes=1)

    assert (await world.incident()).status is State.ESCALATED


async def test_a_declared_incident_never_resolves_itself(world: World) -> None:
    await world.incidents.declare(world.by("ann"), title="checkout is odd", service="payments")
    world.correlate_by("service")
    await world.fires("api down", service="payments", settles_at_once=True)

    verdict = await world.clears("api down", service="payments", settles_at_once=True)
    await world.forward(minutes=10)

    assert verdict.decision is Decision.RESOLVED
    assert (await world.incident()).status is State.NEW
    assert "all_clear" in await world.entries()
    assert "settle" not in await world.pending()


async def test_an_alert_resolved_after_its_incident_is_noted(world: World) -> None:
    await world.fires("api down")
    await world.resolve("ann")

    verdict = await world.clears("api down")

    assert (verdict.decision, verdict.incident_id) == (
        Decision.RESOLVED,
        "INC-20260105-00001",
    )
    assert (await world.entries())[-1] == "resolved"


async def test_resolved_closes_itself_after_three_days(world: World) -> None:
    await world.fires("api down")
    await world.resolve("ann")
    await world.forward(hours=71, minutes=59)
    before = (await world.incident()).status

    await world.forward(minutes=1)

    assert (before, (await world.incident()).status) == (State.RESOLVED, State.CLOSED)


async def test_a_resolution_without_labels_leaves_the_alert_what_it_was(world: World) -> None:
    """A PagerDuty resolve says little more than its key."""
    await world.fires("api down", "critical", dedup_key="k", labels={"dc": "1"})

    await world.sends(over(alert("k", None, dedup_key="k")))

    remembered = await world.alert("api down")
    assert (remembered.severity, remembered.labels) == ("P0", {"dc": "1"})
