"""A firing alert hides others, until it clears."""

import pytest

from bot.domain.alert import Decision
from bot.domain.lifecycle import Action, State
from storage import tables as t
from tests.engine.conftest import MakeWorld
from tests.engine.world import World, alert, decisions, over
from tests.fakes.policies import company

RULES = company(
    inhibitions={
        "dc": {
            "source": {"alertname": "DatacentreDown"},
            "target": {"severity": "warning"},
            "equal": ["dc"],
        },
        "net": {"source": {"alertname": "NetDown"}, "target": {"severity": "warning"}},
    }
)
DC = {"alertname": "DatacentreDown", "dc": "1"}
SHOP = {"severity": "warning", "dc": "1"}


@pytest.fixture
async def inhibiting(make_world: MakeWorld) -> World:
    """Datacentre 1 is down."""
    world: World = await make_world(policies=RULES)
    await world.fires("dc 1 down", "critical", labels=DC)
    return world


async def test_it_hides_what_agrees(inhibiting: World) -> None:
    hidden = await inhibiting.fires("shop slow", labels=SHOP)
    elsewhere = await inhibiting.fires("shop slow", labels={**SHOP, "dc": "2"})
    worse = await inhibiting.fires("shop down", labels={**SHOP, "severity": "critical"})

    assert decisions([hidden, elsewhere, worse]) == ["INHIBITED_BY", "OPENED", "OPENED"]
    assert hidden.decided_by.startswith("inhibition:dc:")


async def test_source_and_target_of_one_request(make_world: MakeWorld) -> None:
    world = await make_world(policies=RULES)

    verdicts = await world.sends(
        alert("dc 1 down", labels=DC),
        alert("shop slow", labels=SHOP),
        over(alert("dc 1 down", labels=DC)),
        alert("web slow", labels=SHOP),
    )

    assert decisions(verdicts) == ["OPENED", "INHIBITED_BY", "RESOLVED", "OPENED"]


async def test_a_source_does_not_hide_itself(make_world: MakeWorld) -> None:
    world = await make_world(policies=RULES)

    await world.fires("dc 1 down", labels={**DC, "severity": "warning"})
    again = await world.fires("dc 1 down", labels={**DC, "severity": "warning"})

    assert again.decision is Decision.DUPLICATE


async def test_when_it_clears_what_still_fires_is_new(inhibiting: World) -> None:
    await inhibiting.fires("shop slow", labels=SHOP)

    await inhibiting.clears("dc 1 down", labels=DC)
    await inhibiting.sweep()

    assert (await inhibiting.alert("shop slow")).decision is Decision.OPENED
    assert (await inhibiting.fires("web slow", labels=SHOP)).decision is Decision.OPENED


async def test_what_cleared_meanwhile_stays_unseen(inhibiting: World) -> None:
    await inhibiting.fires("shop slow", labels=SHOP)
    await inhibiting.clears("shop slow", labels=SHOP)

    await inhibiting.clears("dc 1 down", labels=DC)
    await inhibiting.sweep()

    assert len(await inhibiting.all_incidents()) == 1


async def test_hidden_by_two_it_waits_for_both(inhibiting: World) -> None:
    await inhibiting.fires("net down", labels={"alertname": "NetDown"})
    await inhibiting.fires("shop slow", labels=SHOP)

    await inhibiting.clears("dc 1 down", labels=DC)
    await inhibiting.sweep()
    after_one = (await inhibiting.alert("shop slow")).decision
    await inhibiting.clears("net down", labels={"alertname": "NetDown"})
    await inhibiting.sweep()

    assert after_one is Decision.INHIBITED_BY
    assert (await inhibiting.alert("shop slow")).decision is Decision.OPENED


async def test_two_sources_of_one_rule_hide_until_both_clear(inhibiting: World) -> None:
    await inhibiting.fires("dc 1 down too", labels=DC)
    await inhibiting.fires("shop slow", labels=SHOP)

    await inhibiting.clears("dc 1 down", labels=DC)
    await inhibiting.sweep()
    after_one = (await inhibiting.alert("shop slow")).decision
    await inhibiting.clears("dc 1 down too", labels=DC)
    await inhibiting.sweep()

    assert after_one is Decision.INHIBITED_BY
    assert (await inhibiting.alert("shop slow")).decision is Decision.OPENED


async def test_a_resolution_without_labels_ends_it_too(make_world: MakeWorld) -> None:
    """A PagerDuty resolve says little more than its key."""
    world = await make_world(policies=RULES)
    await world.fires("dc 1 down", labels=DC, dedup_key="k")
    await world.fires("shop slow", labels=SHOP)

    await world.sends(over(alert("k", None, dedup_key="k")))
    await world.sweep()

    assert (await world.alert("shop slow")).decision is Decision.OPENED
    assert await world.count(t.inhibitors) == {"inhibitors": 0}


async def test_a_source_whose_labels_change_hides_what_it_names_now(
    make_world: MakeWorld,
) -> None:
    world = await make_world(policies=RULES)
    await world.fires("dc down", labels=DC, dedup_key="k", starts_at=world.clock.now())
    await world.fires("shop slow", labels=SHOP)
    await world.forward(minutes=6)

    await world.fires("dc down", "critical", labels={**DC, "dc": "2"}, dedup_key="k")
    await world.sweep()

    assert (await world.alert("shop slow")).decision is Decision.OPENED
    other = await world.fires("web slow", labels={**SHOP, "dc": "2"})
    assert other.decision is Decision.INHIBITED_BY


async def test_a_source_that_opens_anew_hides_only_until_it_clears(inhibiting: World) -> None:
    """Closed by hand while it fired, it opened a second incident; then it cleared."""
    await inhibiting.resolve("ann")
    await inhibiting.acts("ann", Action.CLOSE)
    await inhibiting.forward(hours=1)
    await inhibiting.fires("dc 1 down", "critical", labels=DC)
    hidden = await inhibiting.fires("shop slow", labels=SHOP)

    await inhibiting.clears("dc 1 down", "critical", labels=DC)
    await inhibiting.sweep()

    assert hidden.decision is Decision.INHIBITED_BY
    assert (await inhibiting.alert("shop slow")).decision is Decision.OPENED


async def test_it_never_hides_an_incident_that_is_open(make_world: MakeWorld) -> None:
    world = await make_world(policies=RULES)
    await world.fires("shop slow", labels=SHOP)
    await world.fires("dc 1 down", "critical", labels=DC)

    again = await world.fires("shop slow", labels=SHOP)
    await world.clears("shop slow", labels=SHOP)
    await world.forward(minutes=1)

    assert again.decision is Decision.DUPLICATE
    assert (await world.incident()).status is State.RESOLVED


async def test_a_rule_that_is_gone_after_a_reload_hides_nothing_more(inhibiting: World) -> None:
    await inhibiting.fires("shop slow", labels=SHOP)

    inhibiting.rules.swap(company())
    await inhibiting.sweep()

    assert (await inhibiting.alert("shop slow")).decision is Decision.OPENED
    assert await inhibiting.count(t.inhibitors) == {"inhibitors": 0}


@pytest.mark.parametrize(
    "changed",
    [
        {"target": {"severity": "low"}},
        {"source": {"alertname": "ContinentDown"}},
        {"equal": ["dc", "rack"]},
    ],
    ids=["target", "source", "equal"],
)
async def test_a_rule_that_matches_no_more_after_a_reload_hides_it_no_more(
    inhibiting: World, changed: dict[str, object]
) -> None:
    await inhibiting.fires("shop slow", labels={**SHOP, "rack": "7"})
    rule = {"source": {"alertname": "DatacentreDown"}, "target": {"severity": "warning"}}

    inhibiting.rules.swap(company(inhibitions={"dc": {**rule, "equal": ["dc"], **changed}}))
    await inhibiting.sweep()

    assert (await inhibiting.alert("shop slow")).decision is Decision.OPENED


async def test_what_is_still_hidden_after_a_reload_stays_hidden(inhibiting: World) -> None:
    await inhibiting.fires("shop slow", labels=SHOP)

    inhibiting.rules.swap(RULES.model_copy(update={"version": "new"}))
    await inhibiting.sweep()
    still = (await inhibiting.alert("shop slow")).decision
    await inhibiting.clears("dc 1 down", labels=DC)
    await inhibiting.sweep()

    assert still is Decision.INHIBITED_BY
    assert (await inhibiting.alert("shop slow")).decision is Decision.OPENED


async def test_policies_that_cannot_be_followed_stop_no_clock(inhibiting: World) -> None:
    unheard_of = company().model_copy(update={"inhibitions": {"dc": "no rule at all"}})

    inhibiting.rules.swap(unheard_of)
    await inhibiting.forward(minutes=5)

    assert (await inhibiting.incident()).status is State.ESCALATED
