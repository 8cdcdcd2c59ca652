"""Taking, giving back, escalating, resolving, reopening, closing."""

import pytest

from bot.domain.lifecycle import State
from bot.domain.severity import Severity
from tests.chat.conftest import Desk, words
from tests.fakes.policies import company

OPEN_BY = {
    "NEW": (),
    "ACKNOWLEDGED": ("ack",),
    "IN_PROGRESS": ("ack", "start"),
    "ESCALATED": ("escalate",),
}


async def opened(desk: Desk, state: str) -> int:
    number = await desk.alert_opens("payments down")
    for verb in OPEN_BY[state]:
        await desk.told("ann", f"{verb} #{number}")
    assert (await desk.incident(number)).status == state
    return number


async def test_taking_it_stops_the_ringing(desk: Desk) -> None:
    number = await opened(desk, "NEW")
    assert await desk.effects() == ["ann web", "ann sms"]
    text = await desk.told("ben", f"ack #{number}")
    assert text.startswith(f"You have #{number}.\n\nSince: 2026-01-05 09:00:00 UTC\n")
    incident = await desk.incident(number)
    assert (incident.status, incident.acknowledged_by) == (State.ACKNOWLEDGED, "ben")
    assert incident.responders == ["ben"]
    assert await desk.effects() == []
    assert "acknowledge" not in await desk.timers(number)


async def test_whoever_answers_reads_what_they_need_next(desk: Desk) -> None:
    """BEHAVIOUR 3: room, call, runbook, firing alerts and who else was paged; in the room itself
    all that stands above."""
    route = {"fallback": True, "team": "payments", "call": "https://meet.example/{number}"}
    desk.rules.swap(company(routes={"default": route}))
    more = {"route": "default", "service": "payments"}
    number = await desk.alert_opens("payments down", Severity.P0, **more)
    await desk.told("cara", f"page #{number} @ben @eva")
    await desk.alert(number, "p99 over 2 s")

    text = await desk.told("ben", f"ack #{number}")

    for fact in (
        f"Room: #{number} </incidents/{number}>",
        f"Call: join it <https://meet.example/{number}>",
        "Runbook: https://run.example/payments",
        "Also paged: Ann Olsen, Eva Holm",
        "- p99 over 2 s: firing",
    ):
        assert fact in text, text
    assert "Runbook" not in await desk.told("ann", "ack", room=number)


@pytest.mark.parametrize("state", ["ACKNOWLEDGED", "IN_PROGRESS", "ESCALATED"])
async def test_beyond_new_it_is_taken_and_stays_where_it_is(desk: Desk, state: str) -> None:
    number = await opened(desk, state)
    if state != "ESCALATED":
        await desk.told("ann", f"release #{number}")
    await desk.told("ben", f"ack #{number}")
    incident = await desk.incident(number)
    assert (incident.status, incident.acknowledged_by) == (state, "ben")
    assert (await desk.last(number)).metadata["action"] == "take"
    assert await desk.effects() == []


async def test_a_second_one_says_who_has_it_since_when_and_joins(desk: Desk) -> None:
    number = await opened(desk, "ACKNOWLEDGED")
    desk.clock.forward(minutes=5)
    text = await desk.told("ben", f"ack #{number}")
    assert text.startswith("Ann Olsen has it.\n\nSince: 2026-01-05 09:00:00 UTC\n")
    assert (await desk.incident(number)).responders == ["ann", "ben"]
    entries = len(await desk.entries(number))
    assert "Ann Olsen has it." in await desk.told("ben", f"ack #{number}")
    assert len(await desk.entries(number)) == entries


async def test_who_is_rung_after_somebody_took_it_ends_their_own_ringing(desk: Desk) -> None:
    """Once the second way rang although the first was answered."""
    number = await opened(desk, "ACKNOWLEDGED")
    await desk.told("ann", f"page #{number} @cara @eva")
    await desk.told("cara", f"ack #{number}")
    assert await desk.effects() == ["eva web", "eva sms"]
    await desk.told("eva", f"ack #{number}")
    assert await desk.effects() == []


@pytest.mark.parametrize("verb", ["resolve", "close"])
async def test_a_late_one_is_no_error(desk: Desk, verb: str) -> None:
    number = await opened(desk, "NEW")
    await desk.told("ann", f"resolve #{number} fixed")
    if verb == "close":
        await desk.told("ann", f"close #{number}")
    state = "resolved" if verb == "resolve" else "closed"
    assert await desk.told("ben", f"ack #{number}") == f"#{number} is {state} already.\n"


async def test_giving_it_back_pages_the_current_level_again(desk: Desk) -> None:
    number = await opened(desk, "ACKNOWLEDGED")
    text = await desk.told("ann", f"release #{number}")
    assert "given back" in text
    incident = await desk.incident(number)
    assert (incident.acknowledged, incident.status) == (False, State.ACKNOWLEDGED)
    assert await desk.effects() == ["ann web", "ann sms"]
    assert "acknowledge" in await desk.timers(number)
    assert "nothing to give back" in words(await desk.say("ann", f"release #{number}"))


async def test_escalating_pages_the_next_level_each_time(desk: Desk) -> None:
    number = await opened(desk, "ACKNOWLEDGED")
    assert "is at level 2. They are being paged." in await desk.told(
        "ann", f"escalate #{number} why"
    )
    assert (await desk.incident(number)).status is State.ESCALATED
    assert await desk.effects() == ["ann web", "ann sms", "ben web", "ben sms"]
    assert "is at level 3" in await desk.told("ann", f"escalate #{number}")
    third = ["ann web", "ann sms", "ben web", "ben sms", "eva web", "eva sms"]
    assert (await desk.effects())[4:] == third
    actions = [e.metadata.get("action") for e in await desk.entries(number)]
    assert [a for a in actions if a] == ["acknowledge", "escalate", "raise"]


async def test_taking_an_escalation_back_stops_the_ringing(desk: Desk) -> None:
    number = await opened(desk, "ESCALATED")
    await desk.told("ann", f"deescalate #{number}")
    assert (await desk.incident(number)).status is State.IN_PROGRESS
    assert await desk.effects() == []


@pytest.mark.parametrize(
    ("verb", "state", "allowed"),
    [
        ("start", "NEW", "acknowledge, escalate"),
        ("deescalate", "NEW", "acknowledge, escalate"),
        ("reopen", "ACKNOWLEDGED", "start_work, escalate, take, release"),
        ("close", "ACKNOWLEDGED", "start_work, escalate, take, release"),
    ],
)
async def test_what_is_refused_names_what_is_allowed(
    desk: Desk, verb: str, state: str, allowed: str
) -> None:
    number = await opened(desk, state)
    reply = await desk.say("ann", f"{verb} #{number}")
    assert reply.status == 409
    assert f"Allowed now: {allowed}." in words(reply)


@pytest.mark.parametrize(
    ("state", "path"),
    [
        ("NEW", ["acknowledge", "start_work", "resolve"]),
        ("ACKNOWLEDGED", ["start_work", "resolve"]),
        ("IN_PROGRESS", ["resolve"]),
        ("ESCALATED", ["start_work", "resolve"]),
    ],
)
async def test_one_press_resolves_by_the_transitions_it_is(
    desk: Desk, state: str, path: list[str]
) -> None:
    number = await opened(desk, state)
    before = len(await desk.entries(number))
    await desk.told("ben", f"cancel #{number}")
    entries = (await desk.entries(number))[before:]
    assert [e.metadata.get("action") for e in entries] == path
    incident = await desk.incident(number)
    assert (incident.status, incident.outcome) == (State.RESOLVED, "no_action")
    assert await desk.effects() == []
    assert set(await desk.timers(number)) == {"auto_close", "draft"}


@pytest.mark.parametrize(
    ("said", "outcome", "notes"),
    [
        ("resolve #1", "fixed", ""),
        ("resolve #1 fixed: restarted it", "fixed", "restarted it"),
        ("resolve #1 restarted it", "fixed", "restarted it"),
        ("fixed #1 restarted it", "fixed", "restarted it"),
        ("resolve #1 false alarm, the sensor", "false_alarm", "the sensor"),
        ('resolve #1 "false alarm" the sensor', "false_alarm", "the sensor"),
        ("resolve #1 “No action”", "no_action", ""),
        ("resolve #1 false-alarm: the sensor", "false_alarm", "the sensor"),
        ("resolve #1 no_action", "no_action", ""),
        ("resolve #1 fixed-wing plane left", "fixed", "fixed-wing plane left"),
        ("resolve #1 duplicates removed", "fixed", "duplicates removed"),
        ("resolve #1 duplicate", "duplicate", ""),
        ("resolve #1 No Action", "no_action", ""),
        ("resolve #1 cancel", "no_action", ""),
        ("resolve #1 fixedness is not a word", "fixed", "fixedness is not a word"),
    ],
)
async def test_how_it_ended(desk: Desk, said: str, outcome: str, notes: str) -> None:
    number = await opened(desk, "NEW")
    await desk.told("ben", said)
    incident = await desk.incident(number)
    assert (incident.outcome, incident.resolution) == (outcome, notes)


async def test_resolving_twice_is_no_error(desk: Desk) -> None:
    number = await opened(desk, "NEW")
    await desk.told("ben", f"resolve #{number}")
    entries = len(await desk.entries(number))
    assert "is resolved already" in await desk.told("ann", f"resolve #{number}")
    assert len(await desk.entries(number)) == entries


async def test_reopening_takes_it_and_starts_the_clocks(desk: Desk) -> None:
    number = await opened(desk, "NEW")
    await desk.told("ben", f"resolve #{number}")
    desk.clock.forward(minutes=1)
    await desk.told("ann", f"reopen #{number} it is back")
    incident = await desk.incident(number)
    assert (incident.status, incident.acknowledged_by) == (State.IN_PROGRESS, "ann")
    assert (incident.resolved_at, incident.outcome) == (None, None)
    assert "resolve" in await desk.timers(number)
    assert await desk.effects() == []


async def test_closing_what_is_resolved(desk: Desk) -> None:
    number = await opened(desk, "NEW")
    await desk.told("ben", f"resolve #{number}")
    await desk.told("cara", f"close #{number} nothing more")
    assert (await desk.incident(number)).status is State.CLOSED
    assert set(await desk.timers(number)) == {"archive", "draft"}
