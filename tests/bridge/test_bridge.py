"""One incident in Slack, in Teams and in the web room: said once in each, by whom, and in order."""

import pytest

from bot.domain.incident import Visibility
from bot.domain.severity import Severity
from bot.ports.queries import MUSTER
from tests.bridge.conftest import ROUTE, Bridge
from tests.fakes.slack.faults import LOST_ANSWER, RESET, Fault, broken
from tests.fakes.teams.faults import RESET as TEAMS_RESET
from tests.teams.outward.conftest import policies, read


async def test_everything_is_said_once_on_each_platform_with_its_author(bridge: Bridge) -> None:
    outpost = bridge.outpost
    number = await outpost.opens("p99 over 2 s", service="payments")
    await outpost.deliver_all(minutes=1)
    ben = outpost.ask("ben")
    await outpost.incidents.ack(number, ben)
    await outpost.incidents.note(number, "restarted it", outpost.ask("ann"))
    await outpost.incidents.update(number, ben, known="the cache is cold")
    await outpost.deliver_all(minutes=1)
    assert bridge.times(number, "Ben Ito has it.") == (1, 1)
    assert bridge.times(number, "Ann Olsen: restarted it") == (1, 1)
    assert bridge.times(number, "Update by Ben Ito: the cache is cold") == (1, 1)
    (card,) = bridge.hall.cards(number)
    assert "State: New Acknowledged" in read(card)
    assert "~New~ Acknowledged" in bridge.card_in_slack(number)
    kept = [e.text for e in await outpost.queries.entries(number, MUSTER) if e.text]
    assert kept.count("restarted it") == 1, "what stands in a room is no entry of its own"
    assert len(bridge.hall.direct("ann")) == 1, "rooms are bridged, pages are not"
    assert await outpost.entries(number, "notification_failed") == []


async def test_a_correction_follows_everywhere(bridge: Bridge) -> None:
    outpost = bridge.outpost
    number = await outpost.opens("p99 over 2 s")
    await outpost.incidents.note(number, "it was Sam", outpost.ask())
    await outpost.incidents.severity(number, Severity.P2, outpost.ask(), text="less bad")
    await outpost.incidents.rename(number, "checkout is slow", outpost.ask())
    await outpost.deliver_all(minutes=1)
    assert bridge.times(number, "changed the severity from P1 to P2") == (1, 1)
    (card,) = bridge.hall.cards(number)
    for shown in (read(card), bridge.card_in_slack(number)):
        assert "P2" in shown
    assert "checkout is slow" in read(card)


DEATHS = {"between two calls": None, "after it heard the last one": LOST_ANSWER}


@pytest.mark.parametrize("last", DEATHS.values(), ids=DEATHS)
async def test_slack_is_killed_and_misses_nothing_and_doubles_nothing(
    bridge: Bridge, last: Fault | None
) -> None:
    outpost, hall = bridge.outpost, bridge.hall
    number = await outpost.opens("p99 over 2 s", service="payments")
    await outpost.deliver_all(minutes=1)
    if last is not None:
        bridge.slack.faults.add("chat.postMessage", last)
        await outpost.incidents.note(number, "heard and not answered", outpost.ask())
        await outpost.deliver()
    bridge.slack.faults.everything = RESET
    await outpost.incidents.ack(number, outpost.ask("ben"))
    for n in range(4):
        await outpost.incidents.note(number, f"note {n}", outpost.ask())
    await outpost.deliver_all(minutes=3)
    assert [bridge.times(number, f"note {n}")[0] for n in range(4)] == [1] * 4
    assert "Acknowledged" in read(hall.cards(number)[0])
    await outpost.incidents.update(number, outpost.ask("ben"), known="the cache is cold")
    await outpost.incidents.resolve(number, outpost.ask("ben"))
    await outpost.deliver_all(minutes=20)
    assert "Resolved" in read(hall.cards(number)[0]), "Teams goes on"
    bridge.slack.faults.everything = None
    await outpost.deliver_all(minutes=12)
    said = ["Ben Ito has it.", *(f"note {n}" for n in range(4)), "the cache is cold"]
    assert [bridge.times(number, words) for words in said] == [(1, 1)] * len(said)
    if last is not None:
        assert bridge.times(number, "heard and not answered") == (1, 1)
    assert "Resolved" in bridge.card_in_slack(number)
    places = [bridge.lines_in_slack(number).index(words) for words in said]
    assert places == sorted(places)
    assert await outpost.states(state="pending") == []


async def test_while_teams_is_dark_slack_goes_on(bridge: Bridge) -> None:
    outpost, hall = bridge.outpost, bridge.hall
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver_all(minutes=1)
    hall.teams.faults.everything = TEAMS_RESET
    for n in range(3):
        await outpost.incidents.note(number, f"note {n}", outpost.ask())
    await outpost.deliver_all(minutes=10)
    assert [bridge.times(number, f"note {n}")[1] for n in range(3)] == [1] * 3
    hall.teams.faults.everything = None
    await outpost.deliver_all(minutes=12)
    assert [bridge.times(number, f"note {n}") for n in range(3)] == [(1, 1)] * 3


async def test_a_room_that_cannot_open_there_keeps_nobody_from_working_here(bridge: Bridge) -> None:
    bridge.slack.faults.always["conversations.create"] = broken(503)
    outpost, hall = bridge.outpost, bridge.hall
    number = await outpost.opens("p99 over 2 s")
    await outpost.incidents.ack(number, outpost.ask())
    await outpost.deliver_all(minutes=1)
    assert "Acknowledged" in read(hall.cards(number)[0])
    bridge.slack.faults.always.clear()
    await outpost.deliver_all(minutes=12)
    assert "Acknowledged" in bridge.card_in_slack(number)


async def test_a_private_incident_is_bridged_nowhere(bridge: Bridge) -> None:
    number = await bridge.outpost.opens("stolen laptop", visibility=Visibility.PRIVATE)
    await bridge.outpost.deliver_all(minutes=1)
    assert await bridge.outpost.states(destination="slack") == []
    said = [m.text for c in bridge.slack.workspace.channels.values() for m in c.messages.values()]
    assert not any("stolen" in text or f"#{number}" in text for text in said)


async def test_without_a_bridge_an_incident_lives_on_one_platform(bridge: Bridge) -> None:
    bridge.outpost.rules.swap(policies(routes={"default": {**ROUTE, "bridge": []}}))
    number = await bridge.outpost.opens("p99 over 2 s")
    await bridge.outpost.deliver_all(minutes=1)
    assert len(bridge.hall.cards(number)) == 1
    assert await bridge.outpost.states(destination="slack") == []


async def test_a_team_may_be_bridged_and_a_platform_that_is_not_there_is_passed_over(
    bridge: Bridge,
) -> None:
    team = {"members": ["ann"], "schedule": "payments", "bridge": ["slack", "pigeons"]}
    route = {"fallback": True, "team": "payments", "platform": "chat"}
    bridge.outpost.rules.swap(policies(routes={"default": route}, teams={"payments": team}))
    number = await bridge.outpost.opens("p99 over 2 s")
    await bridge.outpost.deliver_all(minutes=1)
    assert len(bridge.hall.cards(number)) == 1
    assert bridge.card_in_slack(number)
