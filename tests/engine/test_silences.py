"""A silence hides alerts until it ends, never an incident that is open."""

from datetime import timedelta

import pytest

from bot.domain.alert import Decision
from bot.domain.errors import Forbidden, Invalid
from bot.domain.lifecycle import State
from bot.domain.matcher import Matcher
from storage import tables as t
from tests.engine.conftest import MakeWorld
from tests.engine.world import World, alert, decisions
from tests.fakes.policies import company

HOUR = timedelta(hours=1)


async def test_a_silenced_alert_is_stored_and_opens_nothing(both_worlds: World) -> None:
    world = both_worlds
    silence = await world.silence("ben", "service=pay", length=HOUR)

    verdict = await world.fires("api down", "critical", service="pay")

    assert (verdict.decision, verdict.incident_id) == (Decision.SILENCED_BY, None)
    assert verdict.decided_by == f"silence:{silence.id}"
    assert await world.all_incidents() == []
    assert (await world.alert("api down")).firing
    assert await world.count(t.entries, t.effects) == {"entries": 0, "effects": 0}


@pytest.mark.parametrize(
    "matcher", ['service="pay"', "service=~pa.*", "service!=shop", "service!~shop|web", "title=~.*"]
)
async def test_every_matcher_of_alertmanager_works(world: World, matcher: str) -> None:
    await world.silence("ben", matcher, "env=prod")

    verdict = await world.fires("api down", labels={"service": "pay", "env": "prod"})
    other = await world.fires("api down", labels={"service": "pay", "env": "stage"})

    assert (verdict.decision, other.decision) == (Decision.SILENCED_BY, Decision.OPENED)


async def test_a_pattern_matches_the_whole_value(world: World) -> None:
    await world.silence("ben", "service=~pay")

    verdict = await world.fires("api down", service="payments")

    assert verdict.decision is Decision.OPENED


async def test_what_still_fires_at_its_end_is_new(both_worlds: World) -> None:
    world = both_worlds
    await world.silence("ben", "service=pay", length=HOUR)
    await world.fires("api down", "critical", service="pay")
    await world.forward(minutes=59)
    before = await world.all_incidents()

    await world.forward(minutes=1)

    incident = await world.incident()
    assert before == []
    assert (incident.status, incident.title) == (State.NEW, "api down")
    assert [(told.minute, told.person) for told in await world.pages()] == [(60, "ann")]
    assert (await world.alert("api down")).decision is Decision.OPENED
    assert (await world.alert("api down")).count == 1


async def test_what_cleared_meanwhile_stays_unseen(world: World) -> None:
    await world.silence("ben", "service=pay", length=HOUR)
    await world.fires("api down", service="pay")

    cleared = await world.clears("api down", service="pay")
    await world.forward(hours=1)

    assert (cleared.decision, cleared.incident_id) == (Decision.RESOLVED, None)
    assert await world.all_incidents() == []


async def test_alerts_of_one_group_open_one_incident_at_its_end(world: World) -> None:
    await world.silence("ben", "service=pay", length=HOUR)
    await world.sends(
        alert("api down", service="pay", group_key="g"),
        alert("db down", service="pay", group_key="g"),
    )

    await world.forward(hours=1)

    assert len(await world.all_incidents()) == 1


async def test_ended_early_what_fires_is_looked_at_at_once(both_worlds: World) -> None:
    world = both_worlds
    silence = await world.silence("ben", "service=pay", length=HOUR)
    await world.fires("api down", service="pay")
    await world.forward(minutes=10)

    await world.silences.end(silence.id, world.by("ben"))
    await world.sweep()

    assert world.minute((await world.incident()).opened_at) == 10
    assert await world.pending(f"silence:{silence.id}") == {}


async def test_after_its_end_it_hides_nothing(world: World) -> None:
    await world.silence("ben", "service=pay", length=HOUR)
    await world.forward(hours=1)

    assert (await world.fires("api down", service="pay")).decision is Decision.OPENED


async def test_before_its_start_it_hides_nothing(world: World) -> None:
    now = world.clock.now()
    matchers = [Matcher.parse("service=pay")]
    await world.silences.add(
        world.by("ben"), matchers, starts_at=now + HOUR, ends_at=now + 2 * HOUR
    )

    before = await world.fires("api down", service="pay")
    await world.forward(hours=1)
    during = await world.fires("db down", service="pay")

    assert (before.decision, during.decision) == (Decision.OPENED, Decision.SILENCED_BY)


async def test_a_second_silence_takes_over_where_the_first_ends(world: World) -> None:
    await world.silence("ben", "service=pay", length=HOUR)
    second = await world.silence("ben", "env=prod", length=2 * HOUR)
    await world.fires("api down", labels={"service": "pay", "env": "prod"})

    await world.forward(hours=1)
    during = await world.alert("api down")
    await world.forward(hours=1)

    assert (during.decision, during.decided_by) == ("SILENCED_BY", f"silence:{second.id}")
    assert len(await world.all_incidents()) == 1


async def test_it_never_hides_an_incident_that_is_open(world: World) -> None:
    await world.fires("api down", service="pay", group_key="g")
    await world.silence("ben", "service=pay")

    again = await world.fires("api down", service="pay", group_key="g")
    cleared = await world.clears("api down", service="pay", group_key="g")
    await world.forward(minutes=1)

    assert decisions([again, cleared]) == ["DUPLICATE", "RESOLVED"]
    assert (await world.incident()).status is State.RESOLVED


async def test_from_an_incident_it_covers_exactly_its_group(world: World) -> None:
    await world.fires("api down", group_key='{alertname="a|b"}')
    await world.fires("db down", group_key="other")
    silence = await world.silences.of_incident(1, world.by("ben"))
    await world.resolve("ben")

    hidden = await world.fires("api slow", group_key='{alertname="a|b"}')
    other = await world.fires("db slow", group_key="other")

    assert (hidden.decision, other.decision) == (Decision.SILENCED_BY, Decision.JOINED_INCIDENT)
    assert silence.ends_at - silence.starts_at == HOUR
    assert "silenced" in await world.entries()


async def test_from_an_incident_it_covers_every_group_it_has(make_world: MakeWorld) -> None:
    world = await make_world()
    world.correlate_by("dc")
    keys = [f'{{}}/{{team="é{n}"}}:{{alertname="Down.{n}*", zone="\\x{n}"}}' for n in range(12)]
    for key in keys:
        await world.fires(f"down {key}", labels={"dc": "1"}, group_key=key)
    await world.silences.of_incident(1, world.by("ben"))
    await world.resolve("ben")

    hidden = await world.sends(
        *(alert(f"slow {key}", labels={"dc": "2"}, group_key=key) for key in keys)
    )
    other = await world.fires("slow", labels={"dc": "3"}, group_key="{}")

    assert set(decisions(hidden)) == {Decision.SILENCED_BY}
    assert other.decision is Decision.OPENED


async def test_fired_again_behind_a_silence_it_joins_at_the_end(world: World) -> None:
    """The alert cleared, fired again silenced, while its incident stayed open."""
    await world.fires("api down", service="pay")
    await world.ack("ann")
    await world.acts("ann", "start_work")
    await world.clears("api down", service="pay")
    await world.forward(minutes=20)
    await world.silence("ben", "service=pay", length=HOUR)
    first = await world.fires("api down", service="pay")
    second = await world.fires("api down", service="pay")

    await world.forward(hours=1)

    assert decisions([first, second]) == ["SILENCED_BY", "SILENCED_BY"]
    assert (await world.alert("api down")).decision is Decision.JOINED_INCIDENT
    assert (await world.incident()).all_clear_at is None


async def test_what_fires_on_behind_a_silence_keeps_its_incident_open(world: World) -> None:
    await world.fires("api down", service="pay")
    await world.clears("api down", service="pay")
    await world.silence("ben", "service=pay", length=HOUR / 2)
    await world.fires("api down", service="pay")

    await world.forward(minutes=2)
    during = (await world.incident()).status
    await world.clears("api down", service="pay")
    await world.forward(minutes=1)

    assert (during, (await world.incident()).status) == (State.NEW, State.RESOLVED)


async def test_woken_late_together_with_the_settle_timer_it_stays_open(world: World) -> None:
    """Muster was down when the silence ended and the settle time ran out."""
    await world.silence("ben", "service=pay", length=HOUR / 2)
    await world.fires("db down", service="pay", group_key="g")
    await world.fires("api down", group_key="g")
    await world.forward(minutes=29, seconds=30)
    await world.clears("api down", group_key="g")

    await world.forward(minutes=5)

    assert [i.status for i in await world.all_incidents()] == [State.NEW]
    assert (await world.alert("db down")).decision is Decision.JOINED_INCIDENT


async def test_two_silences_that_end_at_once_open_one_incident(world: World) -> None:
    await world.silence("ben", "service=pay", length=HOUR)
    await world.silence("ben", "service=shop", length=HOUR)
    await world.fires("api down", service="pay", group_key="g")
    await world.fires("db down", service="shop", group_key="g")

    await world.forward(hours=1)

    assert len(await world.all_incidents()) == 1
    assert world.timers.failures == 0
    assert world.store.retries == 0


@pytest.mark.parametrize("matchers", [[], ["service=~.*"], ['service=""'], ["service!=pay"]])
async def test_one_that_would_hide_everything_is_refused(world: World, matchers: list[str]) -> None:
    with pytest.raises(Invalid, match="at least one matcher"):
        await world.silence("ben", *matchers)


@pytest.mark.parametrize("length", [timedelta(days=7, seconds=1), timedelta(0), -HOUR])
async def test_it_always_ends_within_seven_days(world: World, length: timedelta) -> None:
    with pytest.raises(Invalid):
        await world.silence("ann", "service=pay", length=length)


async def test_seven_days_are_allowed(world: World) -> None:
    silence = await world.silence("ann", "service=pay", length=timedelta(days=7))

    assert (await world.pending(f"silence:{silence.id}"))["silence_end"] == 7 * 24 * 60


async def test_more_than_four_hours_need_a_commander(world: World) -> None:
    await world.silence("ben", "service=pay", length=4 * HOUR)
    await world.silence("cara", "service=pay", length=5 * HOUR)

    with pytest.raises(Forbidden, match="commander"):
        await world.silence("ben", "service=pay", length=4 * HOUR + timedelta(seconds=1))


async def test_the_lead_of_an_incident_may_silence_it_longer(world: World) -> None:
    await world.fires("api down")
    await world.incidents.role(1, "lead", "ben", world.by("ben"))

    silence = await world.silences.of_incident(1, world.by("ben"), length=8 * HOUR)

    assert silence.ends_at - silence.starts_at == 8 * HOUR


async def test_a_viewer_may_not_silence(world: World) -> None:
    with pytest.raises(Forbidden):
        await world.silence("vic", "service=pay")


async def test_a_declared_incident_has_no_alerts_to_silence(world: World) -> None:
    await world.incidents.declare(world.by("ann"), title="checkout is odd")

    with pytest.raises(Invalid, match="declared"):
        await world.silences.of_incident(1, world.by("ann"))


async def test_it_sees_the_routes_labels(make_world: MakeWorld) -> None:
    world = await make_world(policies=company())
    await world.silence("ben", "source=zabbix")

    verdict = await world.fires("api down", source="zabbix")

    assert verdict.decision is Decision.SILENCED_BY


async def test_a_silenced_alert_uses_up_no_number(world: World) -> None:
    """One that repeats for days would make a jump in the numbers of incidents."""
    await world.silence("ann", 'alertname="Noise"')
    for n in range(3):
        verdict = await world.fires(f"noise {n}", labels={"alertname": "Noise"})
        assert verdict.decision is Decision.SILENCED_BY
    await world.fires("api down")

    assert (await world.incident()).number == 1
