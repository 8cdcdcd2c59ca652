"""Which group an alert belongs to: the route's, the source's, its own; and correlation."""

from bot.domain.alert import Decision
from bot.domain.lifecycle import State
from bot.domain.policy import Policies
from storage import tables as t
from tests.engine.conftest import MakeWorld
from tests.engine.world import World, alert, decisions
from tests.fakes.policies import company

FALLBACK = {"default": {"fallback": True, "team": "payments"}}
BY_SERVICE = company(
    routes={"api": {"match": {"env": "prod"}, "group_by": ["service"]}, **FALLBACK}
)


def correlated(within: str) -> Policies:
    rule = {"by": ["service"], "within": within}
    route = {"match": {"env": "prod"}, "team": "payments", "correlate": rule}
    return company(routes={"api": route, **FALLBACK})


CORRELATED, CORRELATED_LONG = correlated("10m"), correlated("10h")


def of(service: str, title: str = "api down", **said: object) -> dict[str, object]:
    return {"title": title, "labels": {"env": "prod", "service": service}, **said}


async def test_group_by_comes_before_the_sources_own_group(make_world: MakeWorld) -> None:
    world = await make_world(policies=BY_SERVICE)

    verdicts = await world.sends(
        alert(**of("pay", "api down", group_key="g1")),
        alert(**of("pay", "db down", group_key="g2")),
        alert(**of("shop", "api down", group_key="g1")),
    )

    assert decisions(verdicts) == ["OPENED", "JOINED_INCIDENT", "OPENED"]


async def test_group_by_joins_the_sources(make_world: MakeWorld) -> None:
    world = await make_world(policies=BY_SERVICE)
    await world.fires(**of("pay"))

    other = await world.fires(**of("pay", source="zabbix"))

    assert other.decision is Decision.JOINED_INCIDENT


async def test_the_same_group_of_two_routes_is_two_groups(make_world: MakeWorld) -> None:
    policies = company(
        routes={
            "prod": {"match": {"env": "prod"}, "group_by": ["service"]},
            "stage": {"match": {"env": "stage"}, "group_by": ["service"]},
            **FALLBACK,
        }
    )
    world = await make_world(policies=policies)
    await world.fires("api down", labels={"env": "prod", "service": "pay"})

    other = await world.fires("api down", labels={"env": "stage", "service": "pay"})

    assert other.decision is Decision.OPENED


async def test_an_alert_joins_the_incident_it_correlates_with(make_world: MakeWorld) -> None:
    world = await make_world(policies=CORRELATED)
    await world.fires(**of("pay", "api down"))
    await world.forward(minutes=9)

    near = await world.fires(**of("pay", "db down"))
    elsewhere = await world.fires(**of("shop", "db down"))

    assert (near.decision, near.incident_id[-1:]) == (Decision.JOINED_INCIDENT, "1")
    assert elsewhere.decision is Decision.OPENED


async def test_after_its_time_nothing_correlates(make_world: MakeWorld) -> None:
    world = await make_world(policies=CORRELATED)
    await world.fires(**of("pay", "api down"))
    await world.forward(minutes=10, seconds=1)

    later = await world.fires(**of("pay", "db down"))

    assert later.decision is Decision.OPENED


async def test_alerts_of_one_batch_correlate(make_world: MakeWorld) -> None:
    world = await make_world(policies=CORRELATED)

    verdicts = await world.sends(alert(**of("pay", "api down")), alert(**of("pay", "db down")))

    assert decisions(verdicts) == ["OPENED", "JOINED_INCIDENT"]


async def test_a_resolved_incident_correlates_with_nothing(make_world: MakeWorld) -> None:
    world = await make_world(policies=CORRELATED)
    await world.fires(**of("pay", "api down"))
    await world.resolve("ann")

    later = await world.fires(**of("pay", "db down"))

    assert later.decision is Decision.OPENED


async def test_an_incident_holds_every_group_that_joined_it(make_world: MakeWorld) -> None:
    world = await make_world(policies=CORRELATED)
    await world.fires(**of("pay", "api down", group_key="g1"))
    await world.fires(**of("pay", "db down", group_key="g2"))
    await world.forward(hours=1)

    more = await world.fires(**of("pay", "db slow", group_key="g2"))

    assert (more.decision, more.incident_id[-1:]) == (Decision.JOINED_INCIDENT, "1")
    assert await world.count(t.groups) == {"groups": 2}


async def test_correlation_sees_the_source_as_a_label(make_world: MakeWorld) -> None:
    policies = company(
        routes={
            "api": {"match": {"env": "prod"}, "correlate": {"by": ["source"]}},
            **FALLBACK,
        }
    )
    world = await make_world(policies=policies)
    await world.fires(**of("pay"))

    same = await world.fires(**of("shop"))
    other = await world.fires(**of("shop", source="zabbix"))

    assert (same.decision, other.decision) == (Decision.JOINED_INCIDENT, Decision.OPENED)


async def test_a_group_that_comes_back_by_correlation_is_held_again(
    make_world: MakeWorld,
) -> None:
    """g2 was the first incident's, then the second's; the first one is woken without it."""
    world = await make_world(policies=CORRELATED)
    await world.fires(**of("pay", "api down", group_key="g1"))
    await world.fires(**of("pay", "db down", group_key="g2"))
    await world.clears(**of("pay", "db down", group_key="g2"))
    await world.resolve("ann")
    await world.forward(minutes=31)
    world.rules.swap(company())
    await world.fires(**of("pay", "db down", group_key="g2"))
    await world.fires(**of("pay", "api down", group_key="g1"))
    await world.sweep()
    await world.clears(**of("pay", "db down", group_key="g2"), settles_at_once=True)
    assert [i.open for i in await world.all_incidents()] == [True, False]
    world.rules.swap(CORRELATED_LONG)

    joined = await world.fires(**of("pay", "db slow", group_key="g2"))
    world.rules.swap(CORRELATED)
    held = await world.fires(**of("pay", "db worse", group_key="g2"))

    assert decisions([joined, held]) == ["JOINED_INCIDENT", "JOINED_INCIDENT"]
    assert held.incident_id == joined.incident_id == (await world.incident(1)).id


async def test_an_incident_opened_later_names_the_groups_previous_one(world: World) -> None:
    await world.fires("api down")
    await world.clears("api down")
    await world.forward(minutes=1)
    await world.forward(minutes=30)

    verdict = await world.fires("api down")

    assert verdict.decision is Decision.OPENED
    assert (await world.incident(2)).related_to == 1
    assert (await world.incident(1)).status is State.RESOLVED
