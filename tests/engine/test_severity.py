"""How bad an incident is: what alerts say, what routes allow, what a person decided."""

import pytest

from bot.domain.alert import Decision
from bot.domain.severity import Severity
from tests.engine.conftest import MakeWorld
from tests.engine.world import World, alert
from tests.fakes.policies import company


def routes(**route: object) -> dict[str, object]:
    """One route for everything of the service `api`, and the fallback."""
    return {
        "api": {"match": {"service": "api"}, "team": "payments", **route},
        "default": {"fallback": True, "team": "payments"},
    }


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("critical", "P0"),
        ("FATAL", "P0"),
        (" page ", "P0"),
        ("emergency", "P0"),
        ("error", "P1"),
        ("major", "P1"),
        ("warning", "P2"),
        ("minor", "P2"),
        ("low", "P3"),
        ("notice", "P4"),
        ("ok", "P4"),
        (None, "P2"),
        ("purple", "P2"),
    ],
)
async def test_vendor_words_become_severities(
    world: World, word: str | None, severity: str
) -> None:
    await world.fires("api down", word)

    assert (await world.incident()).severity == severity
    assert (await world.alert("api down")).vendor_severity == word


async def test_a_worse_alert_raises_the_incident_and_pages_anew(both_worlds: World) -> None:
    world = both_worlds
    await world.fires("api slow", "high", group_key="g")
    await world.forward(minutes=2)

    verdict = await world.fires("api down", "critical", group_key="g")

    incident = await world.incident()
    assert verdict.decision is Decision.JOINED_INCIDENT
    assert (incident.severity, incident.initial_severity) == (Severity.P0, Severity.P1)
    assert incident.round == 2
    assert [(told.minute, told.person) for told in await world.pages()] == [(0, "ann"), (2, "ann")]
    assert (await world.pending())["acknowledge"] == 7
    assert sorted(await world.entries()) == [
        "alert_joined",
        "incident_created",
        "incident_updated",
        "paged",
        "severity_changed",
    ]


async def test_a_milder_alert_never_lowers_it(world: World) -> None:
    await world.fires("api down", "critical", group_key="g")

    await world.fires("api slow", "low", group_key="g")
    await world.clears("api down", "critical", group_key="g")

    assert (await world.incident()).severity is Severity.P0


async def test_the_same_alert_grown_worse_raises_it_and_joins_nothing_new(world: World) -> None:
    await world.fires("api", "warning", dedup_key="k")

    verdict = await world.fires("api", "critical", dedup_key="k")

    assert verdict.decision is Decision.JOINED_INCIDENT
    assert (await world.incident()).severity is Severity.P0
    assert "severity_changed" in await world.entries()
    assert "alert_joined" not in await world.entries()


async def test_a_refiring_alert_that_is_worse_raises_the_incident(world: World) -> None:
    await world.fires("api slow", "warning", group_key="g")
    await world.resolve("ann")
    await world.forward(minutes=5)

    verdict = await world.fires("api down", "critical", group_key="g")

    incident = await world.incident()
    assert verdict.decision is Decision.REFIRED
    assert (incident.severity, incident.worst_alert) == (Severity.P0, Severity.P0)
    assert [told.minute for told in await world.pages()] == [5]
    assert (await world.pending())["acknowledge"] == 10


async def test_a_refiring_alert_that_is_milder_does_not_lower_it(world: World) -> None:
    await world.fires("api down", "critical", group_key="g")
    await world.resolve("ann")

    await world.fires("api slow", "low", group_key="g")

    assert (await world.incident()).severity is Severity.P0


async def test_a_persons_severity_holds_against_alerts(world: World) -> None:
    await world.fires("api slow", "warning", group_key="g")
    await world.incidents.severity(1, Severity.P3, world.by("ann"))

    await world.fires("api down", "critical", group_key="g")

    assert (await world.incident()).severity is Severity.P3
    assert (await world.incident()).worst_alert is Severity.P0
    assert await world.pages() == []


async def test_a_persons_severity_holds_when_it_refires(world: World) -> None:
    await world.fires("api slow", "warning", group_key="g")
    await world.incidents.severity(1, Severity.P3, world.by("ann"))
    await world.resolve("ann")

    await world.fires("api down", "critical", group_key="g")

    assert (await world.incident()).severity is Severity.P3


async def test_an_alert_that_changes_its_severity_is_no_duplicate(world: World) -> None:
    await world.fires("api", "critical", dedup_key="k")

    milder = await world.fires("api", "warning", dedup_key="k")
    same = await world.fires("api", "warning", dedup_key="k")

    assert (milder.decision, same.decision) == (Decision.JOINED_INCIDENT, Decision.DUPLICATE)
    assert (await world.incident()).severity is Severity.P0


async def test_a_routes_ceiling_caps_what_rules_call_critical(make_world: MakeWorld) -> None:
    world = await make_world(policies=company(routes=routes(ceiling="P2")))

    await world.fires("api down", "critical", service="api", group_key="g")
    await world.fires("api gone", "fatal", service="api", group_key="g")

    assert (await world.incident()).severity is Severity.P2
    assert await world.pages() == []


async def test_a_ceiling_leaves_milder_alerts_alone(make_world: MakeWorld) -> None:
    world = await make_world(policies=company(routes=routes(ceiling="P2")))

    await world.fires("api odd", "info", service="api")

    assert (await world.incident()).severity is Severity.P4


@pytest.mark.parametrize("word", [None, "purple"])
async def test_a_routes_default_is_for_words_nobody_knows(
    make_world: MakeWorld, word: str | None
) -> None:
    world = await make_world(policies=company(routes=routes(default_severity="P3")))

    await world.fires("api odd", word, service="api")
    await world.fires("api bad", "high", service="api")

    assert [i.severity for i in await world.all_incidents()] == [Severity.P3, Severity.P1]


async def test_a_routes_own_severity_is_for_all(make_world: MakeWorld) -> None:
    world = await make_world(policies=company(routes=routes(severity="P1")))

    await world.sends(
        alert("api odd", "info", service="api"), alert("api down", "critical", service="api")
    )

    assert [i.severity for i in await world.all_incidents()] == [Severity.P1, Severity.P1]
