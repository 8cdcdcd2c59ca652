"""A person says how bad it is: raising pages anew, lowering takes pages back (BEHAVIOUR 1.4)."""

from datetime import timedelta

import pytest

from bot.domain.severity import Severity
from tests.chat.conftest import Desk, words


@pytest.mark.parametrize(
    ("said", "meant"),
    [("P0", "P0"), ("p1", "P1"), ("sev3", "P3"), ("4", "P4"), ("critical", "P0"), ("minor", "P2")],
)
async def test_how_people_say_it(desk: Desk, said: str, meant: str) -> None:
    number = await desk.alert_opens("payments down", Severity.P2 if meant != "P2" else Severity.P1)
    assert f"is {meant} now" in await desk.told("ben", f"severity #{number} {said} it spreads")
    last = next(e for e in await desk.entries(number) if e.type == "severity_changed")
    assert (last.text, last.actor_id) == ("it spreads", "ben")


async def test_what_is_no_severity_asks(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    for said in ("P9", "terrible", "", "P1x"):
        assert "is no severity" in words(await desk.say("ben", f"sev #{number} {said}"))


async def test_raising_starts_the_policy_at_level_one_now(desk: Desk) -> None:
    number = await desk.alert_opens("payments down", Severity.P2)
    desk.clock.forward(minutes=30)
    await desk.told("ben", f"severity #{number} P0")
    incident = await desk.incident(number)
    assert (incident.initial_severity, incident.severity) == (Severity.P2, Severity.P0)
    assert incident.severity_by_person
    assert incident.loudness == "room"
    assert await desk.effects() == ["ann web", "ann sms"]
    timers = await desk.timers(number)
    assert timers["acknowledge"] == desk.clock.now() + timedelta(minutes=5)
    assert timers["manager"] == desk.clock.now() + timedelta(minutes=30)
    assert incident.sla_acknowledge_due == desk.clock.now() + timedelta(minutes=15)
    assert incident.sla_acknowledge_breached_at is None


async def test_who_is_in_it_already_is_not_rung_again(desk: Desk) -> None:
    number = await desk.alert_opens("payments down", Severity.P1)
    await desk.told("ann", f"ack #{number}")
    await desk.told("ben", f"severity #{number} P0")
    assert await desk.effects() == []
    assert (await desk.incident(number)).acknowledged, "an acknowledgement holds"
    assert "acknowledge" not in await desk.timers(number)


async def test_lowering_takes_pages_back_and_counts_from_now(desk: Desk) -> None:
    number = await desk.alert_opens("payments down", Severity.P0)
    assert await desk.effects() != []
    desk.clock.forward(minutes=10)
    await desk.told("ben", f"severity #{number} P2 one customer only")
    assert await desk.effects() == []
    timers = await desk.timers(number)
    assert timers["acknowledge"] == desk.clock.now() + timedelta(hours=1)
    assert "manager" not in timers


async def test_the_same_again_changes_nothing(desk: Desk) -> None:
    number = await desk.alert_opens("payments down", Severity.P1)
    entries = len(await desk.entries(number))
    assert "is P1 already" in await desk.told("ben", f"severity #{number} P1")
    assert len(await desk.entries(number)) == entries


async def test_once_it_is_resolved_nobody_is_paged(desk: Desk) -> None:
    number = await desk.alert_opens("payments down", Severity.P2)
    await desk.told("ben", f"resolve #{number}")
    await desk.told("ben", f"severity #{number} P0")
    assert await desk.effects() == []
    assert set(await desk.timers(number)) == {"auto_close"}
