"""Which alerts are one trouble: fingerprints, groups, and the first rule that fits."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.alert import Decision
from bot.domain.lifecycle import State
from bot.domain.severity import Severity
from storage import tables as t
from tests.engine.world import World, alert, decisions, over
from tests.fakes.policies import company

BOOKS = (t.entries, t.timers, t.effects)


async def test_a_firing_alert_opens_an_incident(both_worlds: World) -> None:
    verdict = await both_worlds.fires("api down", "critical", service="payments")

    incident = await both_worlds.incident(1)
    assert verdict.decision is Decision.OPENED
    assert verdict.incident_id == incident.id == "INC-20260105-00001"
    assert (incident.title, incident.severity, incident.status) == ("api down", "P0", State.NEW)
    assert (incident.service, incident.team) == ("payments", "payments")
    assert await both_worlds.entries() == ["incident_created"]


@pytest.mark.parametrize(
    ("seconds", "decision"), [(0, "DUPLICATE"), (299, "DUPLICATE"), (300, "REPEATED")]
)
async def test_the_same_again_is_a_duplicate_for_five_minutes(
    both_worlds: World, seconds: float, decision: str
) -> None:
    await both_worlds.fires("api down")
    both_worlds.clock.forward(seconds=seconds)
    before = await both_worlds.count(*BOOKS)

    verdict = await both_worlds.fires("api down")

    assert verdict.decision == decision
    assert verdict.incident_id == "INC-20260105-00001"
    assert await both_worlds.count(*BOOKS) == before
    remembered = await both_worlds.alert("api down")
    assert (remembered.count, remembered.last_seen_at) == (2, both_worlds.clock.now())


async def test_every_repetition_starts_the_five_minutes_anew(world: World) -> None:
    await world.fires("api down")
    world.clock.forward(seconds=200)
    await world.fires("api down")
    world.clock.forward(seconds=200)

    verdict = await world.fires("api down")

    assert verdict.decision is Decision.DUPLICATE


async def test_what_has_no_open_incident_is_never_a_duplicate(make_world) -> None:
    world = await make_world()
    await world.fires("api down")
    await world.clears("api down")
    await world.forward(seconds=60)
    assert (await world.incident()).status is State.RESOLVED

    verdict = await world.fires("api down")

    assert verdict.decision is Decision.REFIRED


async def test_three_alerts_of_one_group_open_one_incident(both_worlds: World) -> None:
    verdicts = await both_worlds.sends(
        alert("api down", "high", group_key="g"),
        alert("db down", "critical", group_key="g"),
        alert("queue full", "warning", group_key="g"),
    )

    (incident,) = await both_worlds.all_incidents()
    assert decisions(verdicts) == ["OPENED", "JOINED_INCIDENT", "JOINED_INCIDENT"]
    assert {verdict.incident_id for verdict in verdicts} == {incident.id}
    assert (incident.title, incident.severity) == ("api down", Severity.P0)
    assert (await both_worlds.entries()).count("alert_joined") == 1


async def test_the_alerts_of_one_batch_are_decided_in_their_order(world: World) -> None:
    down = alert("api down", settles_at_once=True)

    verdicts = await world.sends(down, down, over(down), over(down), down)

    assert decisions(verdicts) == [
        "OPENED",
        "DUPLICATE",
        "RESOLVED",
        "NOTHING_TO_RESOLVE",
        "REFIRED",
    ]
    assert (await world.incident()).status is State.NEW


async def test_alerts_without_a_group_are_their_own(world: World) -> None:
    one = await world.fires("api down", labels={"instance": "a"})
    other = await world.fires("api down", labels={"instance": "b"})

    assert (one.decision, other.decision) == (Decision.OPENED, Decision.OPENED)
    assert one.incident_id != other.incident_id


async def test_the_vendors_key_decides_what_is_the_same(world: World) -> None:
    await world.fires("api down", dedup_key="k1")

    again = await world.fires("api is down, really", dedup_key="k1", labels={"pod": "7"})

    assert again.decision is Decision.DUPLICATE


async def test_the_same_key_of_two_sources_is_two_troubles(world: World) -> None:
    await world.fires("api down", dedup_key="k1", group_key="g")

    other = await world.fires("api down", dedup_key="k1", group_key="g", source="zabbix")

    assert other.decision is Decision.OPENED


async def test_the_first_title_stays(world: World) -> None:
    await world.fires("api down", group_key="g")

    await world.fires("everything down", group_key="g")

    assert (await world.incident()).title == "api down"


async def test_an_alert_older_than_what_is_known_is_late(world: World) -> None:
    now = world.clock.now()
    await world.fires("api down", starts_at=now)
    world.clock.forward(minutes=2)
    before = await world.count(*BOOKS)

    late = await world.fires("api down", starts_at=now.replace(hour=8))

    assert (late.decision, late.incident_id) == (Decision.LATE, "INC-20260105-00001")
    assert await world.count(*BOOKS) == before
    assert (await world.alert("api down")).count == 1
    assert await world.count(t.events) == {"events": 2}


async def test_a_resolution_overtaken_by_a_newer_firing_is_late(world: World) -> None:
    now = world.clock.now()
    await world.fires("api down", starts_at=now)

    late = await world.clears(
        "api down", starts_at=now.replace(hour=7), ends_at=now.replace(hour=8)
    )

    assert late.decision is Decision.LATE
    assert (await world.alert("api down")).firing


async def test_a_firing_that_comes_after_its_own_end_opens_nothing(world: World) -> None:
    now = world.clock.now()
    first = await world.clears("api down", starts_at=now.replace(hour=7), ends_at=now)

    late = await world.fires("api down", starts_at=now.replace(hour=7))

    assert (first.decision, late.decision) == (Decision.NOTHING_TO_RESOLVE, Decision.LATE)
    assert await world.all_incidents() == []


async def test_a_clock_that_was_ahead_once_makes_nothing_late_afterwards(world: World) -> None:
    ahead = world.clock.now() + timedelta(days=1)
    await world.fires("api down", starts_at=ahead)
    await world.clears("api down", starts_at=ahead, ends_at=ahead + timedelta(minutes=1))
    world.clock.forward(minutes=5)

    again = await world.fires("api down", starts_at=world.clock.now())

    assert again.decision is Decision.JOINED_INCIDENT
    assert (await world.alert("api down")).firing


async def test_a_resolution_of_nothing_is_stored(world: World) -> None:
    verdict = await world.clears("api down")

    assert (verdict.decision, verdict.incident_id) == (Decision.NOTHING_TO_RESOLVE, None)
    assert (await world.alert("api down")).decision is Decision.NOTHING_TO_RESOLVE


async def test_severity_none_is_recorded_only(world: World) -> None:
    verdict = await world.fires("Watchdog", "none")

    assert (verdict.decision, verdict.incident_id) == (Decision.RECORDED, None)
    assert await world.all_incidents() == []
    assert (await world.alert("Watchdog")).firing
    assert await world.count(*BOOKS) == {"entries": 0, "timers": 0, "effects": 0}


async def test_requests_that_come_together_share_one_transaction(world: World) -> None:
    before = world.store.commits
    answers = await asyncio.gather(
        *(world.sends(alert(f"api {n} down", group_key="g")) for n in range(5))
    )

    assert [decisions(said) for said in answers] == [["OPENED"], *[["JOINED_INCIDENT"]] * 4]
    assert world.store.commits == before + 1


async def test_an_event_sent_again_within_a_day_gets_its_first_reply(both_worlds: World) -> None:
    event = alert("p95 over 2 s", event_id="e1")
    (first,) = await both_worlds.sends(event, deduplicates_events=True)
    both_worlds.clock.forward(hours=23)
    before = await both_worlds.count(*BOOKS, t.events)

    (again,) = await both_worlds.sends(event, deduplicates_events=True)

    assert (again.decision, again.incident_id) == (first.decision, first.incident_id)
    assert again.again
    assert await both_worlds.count(*BOOKS, t.events) == before
    assert (await both_worlds.alert("p95 over 2 s")).count == 1


async def test_an_event_sent_again_after_a_day_counts(world: World) -> None:
    event = alert("p95 over 2 s", event_id="e1")
    await world.sends(event, deduplicates_events=True)
    world.clock.forward(hours=24)

    (again,) = await world.sends(event, deduplicates_events=True)

    assert (again.decision, again.again) == (Decision.REPEATED, False)


async def test_an_event_twice_in_one_request_counts_once(world: World) -> None:
    event = alert("p95 over 2 s", event_id="e1")

    verdicts = await world.sends(event, event, deduplicates_events=True)

    assert decisions(verdicts) == ["OPENED", "OPENED"]
    assert (await world.alert("p95 over 2 s")).count == 1


async def test_an_incident_keeps_the_version_of_the_policies_it_opened_under(world: World) -> None:
    for title in ("api down", "db down"):
        world.rules.swap(company().model_copy(update={"version": f"of {title}"}))
        await world.fires(title)
    versions = [incident.policy_version for incident in await world.all_incidents()]
    assert versions == ["of api down", "of db down"]
