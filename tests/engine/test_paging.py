"""What a person does to the ringing: acknowledge, escalate, release, raise, lower, undo."""

import pytest

from bot.domain.errors import IllegalTransition
from bot.domain.lifecycle import Action, State
from bot.domain.severity import Severity
from bot.engine.figures import Figures
from tests.engine.conftest import MakeWorld
from tests.engine.world import World
from tests.fakes.policies import company

STANDARD = [{"targets": ["oncall"]}, {"targets": ["team"]}, {"targets": ["team", "manager"]}]


def since(told: list, minute: float) -> list[tuple[float, str]]:
    return [(t.minute, t.person) for t in told if t.minute >= minute]


async def test_escalating_by_hand_rings_the_next_level(world: World) -> None:
    await world.fires("api down", "high")
    await world.forward(minutes=1)

    await world.incidents.escalate(1, world.by("ann"))

    incident = await world.incident()
    assert (incident.status, incident.escalation_level) == (State.ESCALATED, 2)
    assert since(await world.pages(), 1) == [(1, "ann"), (1, "ben")]


async def test_escalating_again_is_a_raise(world: World) -> None:
    await world.fires("api down", "high")
    await world.incidents.escalate(1, world.by("ann"))
    await world.forward(minutes=1)

    await world.incidents.escalate(1, world.by("ann"))

    assert (await world.incident()).escalation_level == 3
    assert since(await world.pages(), 1) == [(1, "ann"), (1, "ben"), (1, "eva")]
    assert "state_changed" not in await world.entries()


async def test_escalating_an_acknowledged_one_rings(world: World) -> None:
    await world.fires("api down", "high")
    await world.ack("ann")
    await world.forward(minutes=1)

    await world.incidents.escalate(1, world.by("ann"))

    assert since(await world.pages(withdrawn=False), 1) == [(1, "ann"), (1, "ben")]


async def test_unanswered_the_clock_rings_a_level_that_a_person_had_told(world: World) -> None:
    await world.fires("api down", "critical")
    await world.forward(minutes=1)
    await world.incidents.escalate(1, world.by("ann"))

    await world.watch(minutes=4)

    assert since(await world.pages(), 5) == [(5, "ann"), (5, "ben")]


async def test_an_acknowledgement_is_taken_once_and_joined_later(world: World) -> None:
    await world.fires("api down", "high")

    first = await world.ack("ann")
    second = await world.incidents.ack(1, world.by("ben"))
    third = await world.incidents.ack(1, world.by("ben"))

    assert (first.status, first.acknowledged_by) == (State.ACKNOWLEDGED, "ann")
    assert (second.changed, second.incident.acknowledged_by) == (False, "ann")
    assert (await world.incident()).responders == ["ann", "ben"]
    assert third.entry is None


async def test_acknowledging_what_is_escalated_leaves_the_state(world: World) -> None:
    await world.fires("api down", "critical")
    await world.watch(minutes=5)

    taken = await world.ack("ben")

    assert (taken.status, taken.acknowledged_by) == (State.ESCALATED, "ben")
    with pytest.raises(IllegalTransition):
        await world.acts("ben", Action.ACKNOWLEDGE)


async def test_releasing_rings_the_current_level_and_starts_the_clock(world: World) -> None:
    await world.fires("api down", "critical")
    await world.watch(minutes=6)
    await world.ack("ann")
    await world.forward(minutes=1)

    await world.incidents.release(1, world.by("ann"))

    incident = await world.incident()
    assert (incident.acknowledged, incident.acknowledged_by) == (False, None)
    assert since(await world.pages(withdrawn=False), 7) == [(7, "ann"), (7, "ben")]
    assert (await world.pending())["acknowledge"] == 12


async def test_released_and_unanswered_it_climbs_again(world: World) -> None:
    await world.fires("api down", "critical")
    await world.ack("ann")
    await world.incidents.release(1, world.by("ann"))

    await world.watch(minutes=5)

    assert (await world.incident()).status is State.ESCALATED
    assert since(await world.pages(withdrawn=False), 5) == [(5, "ann"), (5, "ben")]


async def test_raising_by_hand_starts_the_new_policy_at_level_one(world: World) -> None:
    await world.fires("api slow", "low")
    await world.forward(minutes=10)

    await world.incidents.severity(1, Severity.P0, world.by("ben"))

    incident = await world.incident()
    assert (incident.severity, incident.initial_severity) == (Severity.P0, Severity.P3)
    assert incident.severity_by_person
    assert since(await world.pages(), 0) == [(10, "ann")]
    assert await world.pending() == {
        "acknowledge": 15,
        "resolve": 25,
        "manager": 40,
        "sla_acknowledge_warning": 22,
        "sla_resolve_warning": 58,
    }


async def test_raising_does_not_ring_who_is_in_it(world: World) -> None:
    await world.fires("api slow", "warning")
    await world.ack("ann")

    await world.incidents.severity(1, Severity.P0, world.by("ann"))

    assert await world.pages() == []
    assert (await world.incident()).acknowledged


async def test_raising_an_acknowledged_one_rings_who_is_not_in_it(world: World) -> None:
    await world.fires("api slow", "warning")
    await world.ack("ben")

    await world.incidents.severity(1, Severity.P0, world.by("ben"))
    await world.watch(minutes=6)

    assert since(await world.pages(), 0) == [(0, "ann")]
    assert (await world.incident()).status is State.ACKNOWLEDGED


async def test_raising_late_records_no_breach_for_a_time_already_past(world: World) -> None:
    await world.fires("api slow", "low")
    await world.forward(hours=2)

    await world.incidents.severity(1, Severity.P0, world.by("ann"))
    await world.sweep()

    incident = await world.incident()
    assert world.minute(incident.sla_acknowledge_due) == 135
    assert not {"sla_warning", "sla_breached"} & set(await world.entries())


async def test_lowering_takes_pages_back_and_slows_the_clocks(world: World) -> None:
    await world.fires("api down", "critical")
    await world.forward(minutes=2)

    await world.incidents.severity(1, Severity.P2, world.by("ann"))
    await world.watch(minutes=10)

    assert await world.pages(withdrawn=False) == []
    assert (await world.incident()).status is State.NEW
    assert (await world.pending())["acknowledge"] == 62


async def test_undoing_a_resolution_rings_nobody_and_the_clocks_ring_again(world: World) -> None:
    await world.fires("api down", "critical")
    await world.watch(minutes=6)
    await world.resolve("ann")
    await world.forward(minutes=1)

    await world.incidents.undo(1, world.by("ann"))
    at_once = since(await world.pages(), 7)
    await world.watch(minutes=5)

    assert at_once == []
    assert (await world.incident()).status is State.ESCALATED
    assert since(await world.pages(), 12) == [(12, "ann"), (12, "ben")]


async def test_a_reopened_incident_is_its_reopeners(world: World) -> None:
    await world.fires("api down", "critical")
    await world.resolve("ann")
    await world.forward(minutes=40)

    await world.acts("ben", Action.REOPEN)
    await world.watch(minutes=15)

    incident = await world.incident()
    assert incident.acknowledged_by == "ben"
    assert since(await world.pages(), 1) == []
    assert since(await world.notices(), 55) == [(55, "ann"), (55, "ben"), (55, "eva")]


async def test_reopened_at_the_highest_level_its_people_are_told_quietly_when_time_is_up(
    world: World,
) -> None:
    """The level did not rise, so the resolve clock once wrote its entry and told nobody."""
    await world.fires("api down", "critical")
    await world.watch(minutes=16)
    await world.resolve("ann")
    await world.forward(minutes=4)

    await world.acts("ann", Action.REOPEN)
    await world.watch(minutes=15)

    assert (await world.incident()).escalation_level == 3
    assert since(await world.pages(), 20) == []
    assert since(await world.notices(), 20) == [(35, "ann"), (35, "ben"), (35, "eva")]
    breach = [e for e in await world.record() if e.type == "sla_breached"][-1]
    assert breach.metadata["quiet"]


async def test_a_manager_told_before_the_reopening_is_told_again(world: World) -> None:
    await world.fires("api down", "high")
    await world.ack("ann")
    await world.forward(hours=2)
    await world.resolve("ann")
    await world.acts("ann", Action.REOPEN)

    await world.forward(hours=2)

    assert [told.minute for told in await world.notices() if told.step == "manager"] == [120, 240]


async def test_nobody_on_call_falls_back_to_the_team(make_world: MakeWorld) -> None:
    teams = {"payments": {"members": ["ben"]}}
    levels = [{"targets": ["oncall"], "fallback": ["team"]}]
    world = await make_world(
        policies=company(teams=teams, schedules={}, escalations={"standard": {"levels": levels}})
    )

    await world.fires("api down", "critical")

    assert [told.person for told in await world.pages()] == ["ben"]
    assert not (await world.incident()).unreached


@pytest.mark.parametrize("word", ["critical", "warning"])
async def test_nobody_at_all_is_said_on_the_incident(make_world: MakeWorld, word: str) -> None:
    world = await make_world(
        policies=company(teams={"payments": {"members": []}}, schedules={}),
    )

    await world.fires("api down", word)

    assert (await world.incident()).unreached
    assert await world.pages() == []


async def test_who_has_no_way_to_be_reached_counts_as_nobody(make_world: MakeWorld) -> None:
    contact = [{"channel": "sms"}]  # this world has no SMS
    people = {"ann": {"contact": contact}, "ben": {"contact": [{"channel": "web"}]}}
    teams = {"payments": {"members": ["ann", "ben"], "schedule": "payments"}}
    levels = [{"targets": ["oncall"], "fallback": ["team"]}]
    world = await make_world(
        policies=company(people=people, teams=teams, escalations={"standard": {"levels": levels}})
    )

    await world.fires("api down", "critical")

    assert [told.person for told in await world.pages()] == ["ben"]
    assert (await world.incident()).paged == ["ben"]


async def test_reached_later_it_is_no_longer_unreached(make_world: MakeWorld) -> None:
    world = await make_world(
        policies=company(schedules={}, teams={"payments": {"members": ["ben"]}})
    )
    await world.fires("api down", "critical")
    assert (await world.incident()).unreached

    await world.watch(minutes=5)

    assert not (await world.incident()).unreached
    assert [told.person for told in await world.pages()] == ["ben"]


async def test_a_level_may_ring_despite_an_acknowledgement(make_world: MakeWorld) -> None:
    levels = [*STANDARD[:2], {**STANDARD[2], "ring_despite_ack": True}]
    world = await make_world(policies=company(escalations={"standard": {"levels": levels}}))
    await world.fires("api down", "critical")
    await world.ack("ann")

    await world.watch(minutes=15)

    assert since(await world.pages(withdrawn=False), 15) == [(15, "ann"), (15, "ben"), (15, "eva")]
    assert "sla_breached" not in await world.entries()


async def test_the_time_to_acknowledge_is_counted_once(world: World) -> None:
    seen: list[tuple[str, float]] = []
    figures = Figures(lambda name, severity, seconds: seen.append((name, seconds)))
    world.store.tell(figures.told)
    await world.fires("api down", "high")
    await world.forward(minutes=2)
    await world.ack("ann")
    await world.forward(minutes=20)
    await world.acts("ben", Action.TAKE)

    incident = await world.incident()
    assert (incident.acknowledged_by, incident.responders) == ("ann", ["ann", "ben"])
    assert [seconds for name, seconds in seen if name == "mtta"] == [120]
