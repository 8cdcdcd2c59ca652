"""When an alert that joins an acknowledged incident rings once more (BEHAVIOUR 2.2)."""

import pytest

from bot.domain.alert import Decision
from bot.domain.lifecycle import Action
from bot.domain.severity import Severity
from tests.engine.world import World, alert


@pytest.fixture
async def taken(world: World) -> World:
    """An incident of P1 that ann has, opened at minute 0 and acknowledged at minute 1."""
    await world.fires("api slow", "high", group_key="g")
    await world.forward(minutes=1)
    await world.ack("ann")
    return world


async def rang(world: World) -> list[float]:
    return [told.minute for told in await world.pages() if told.minute > 0]


async def test_another_alert_as_bad_rings_nobody(taken: World) -> None:
    await taken.forward(minutes=1)

    verdict = await taken.fires("db slow", "high", group_key="g")

    assert verdict.decision is Decision.JOINED_INCIDENT
    assert await rang(taken) == []
    assert (await taken.incident()).acknowledged


async def test_a_worse_one_rings_from_level_one(taken: World) -> None:
    await taken.forward(minutes=1)

    await taken.fires("api down", "critical", group_key="g")

    incident = await taken.incident()
    assert await taken.pages(withdrawn=False) == [(2, "ann", "1")]
    assert (incident.acknowledged, incident.round, incident.escalation_level) == (False, 2, 1)
    assert (await taken.pending())["acknowledge"] == 7


async def test_unanswered_the_new_round_climbs(taken: World) -> None:
    await taken.fires("api down", "critical", group_key="g")

    await taken.watch(minutes=5)

    assert (await taken.incident()).status == "ESCALATED"
    assert [told.person for told in await taken.pages() if told.minute == 6] == ["ann", "ben"]


async def test_at_most_once_in_fifteen_minutes(taken: World) -> None:
    await taken.fires("db bad", "high", group_key="g")
    await taken.fires("api down", "critical", group_key="g")
    await taken.ack("ann")
    await taken.clears("api slow", "high", group_key="g")
    await taken.clears("db bad", "high", group_key="g")
    await taken.acts("ann", Action.START_WORK)
    await taken.clears("api down", "critical", group_key="g")
    await taken.forward(minutes=14, seconds=59)

    await taken.fires("api down", "critical", group_key="g")
    within = await rang(taken)
    await taken.clears("api down", "critical", group_key="g")
    await taken.forward(seconds=1)
    await taken.fires("api down", "critical", group_key="g")

    assert within == [1]
    assert await rang(taken) == [1, 16]


async def test_after_all_had_cleared_it_rings(taken: World) -> None:
    await taken.acts("ann", Action.START_WORK)
    await taken.clears("api slow", "high", group_key="g")
    await taken.forward(minutes=10)

    await taken.fires("api slow", "high", group_key="g")

    assert await rang(taken) == [11]
    assert (await taken.incident()).status == "IN_PROGRESS"


async def test_after_sixty_quiet_minutes_it_rings(taken: World) -> None:
    await taken.forward(minutes=58, seconds=59)
    await taken.fires("db slow", "high", group_key="g")
    await taken.forward(minutes=60)

    await taken.fires("queue slow", "high", group_key="g")

    assert [told.step for told in await taken.pages(withdrawn=False)] == ["1"]
    assert await rang(taken) == [119.98]


async def test_repetitions_keep_it_from_being_quiet(taken: World) -> None:
    for _ in range(3):
        await taken.forward(minutes=20)
        await taken.fires("api slow", "high", group_key="g")

    await taken.fires("db slow", "high", group_key="g")

    assert await rang(taken) == []


async def test_worse_than_any_alert_before_counts_also_under_a_persons_severity(
    taken: World,
) -> None:
    await taken.incidents.severity(1, Severity.P2, taken.by("ann"))

    await taken.fires("api down", "critical", group_key="g")

    incident = await taken.incident()
    assert (incident.severity, incident.round) == (Severity.P2, 3)
    assert [told.minute for told in await taken.notices()][-1:] == [1]


async def test_worse_than_the_incident_but_not_than_an_alert_before_rings_nobody(
    taken: World,
) -> None:
    await taken.fires("api down", "critical", group_key="g")
    await taken.ack("ann")
    await taken.forward(minutes=16)
    before = await rang(taken)

    await taken.fires("db down", "critical", group_key="g")

    assert await rang(taken) == before


async def test_two_in_one_request_ring_once(taken: World) -> None:
    await taken.sends(
        alert("api down", "critical", group_key="g"), alert("db down", "critical", group_key="g")
    )

    assert await rang(taken) == [1]
    assert (await taken.entries()).count("alert_joined") == 1
