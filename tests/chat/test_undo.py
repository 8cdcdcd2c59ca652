"""Undo takes back one's own act, for ten minutes, and nothing of anybody else."""

from datetime import timedelta

import pytest

from bot.domain.incident import Incident, comparable
from bot.domain.lifecycle import State
from bot.domain.task import tasks_of
from tests.chat.conftest import Desk, commands, words

ACTS = {
    "severity up": "severity #1 P0 it spreads",
    "severity down": "severity #1 P3",
    "assign": "assign #1 @cara",
    "role": "role #1 lead @cara",
    "rename": "rename #1 a better title",
    "link": "link #1 https://dash.example dashboard",
    "note": "note #1 a line",
    "task": "task #1 check the cache @cara",
    "resolve": "resolve #1 fixed",
}
MOVES_ON = {
    "updated_at", "version", "chain", "round", "acknowledged_round", "clocks_from",
    "sla_acknowledge_due", "sla_resolve_due", "loudness", "escalation_level", "paged",
}  # fmt: skip


def facts(incident: Incident) -> dict[str, object]:
    told = {name: v for name, v in comparable(incident).items() if name not in MOVES_ON}
    return {**told, "tasks": tasks_of(incident)}  # one that was taken back keeps its number


@pytest.mark.parametrize("act", ACTS)
async def test_the_reply_carries_undo_and_undo_takes_it_back(desk: Desk, act: str) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ann", f"ack #{number}")
    before = facts(await desk.incident(number))
    reply = await desk.say("ben", ACTS[act])
    seq = (await desk.last(number)).seq if "severity" not in act else None
    (undo,) = commands(reply)
    assert undo.startswith(f"undo #{number} ")
    assert seq is None or undo == f"undo #{number} {seq}"
    desk.clock.forward(minutes=10)
    await desk.told("ben", undo)
    assert facts(await desk.incident(number)) == before
    assert any(entry.corrects for entry in await desk.entries(number))


@pytest.mark.parametrize("act", ACTS)
async def test_after_ten_minutes_it_is_too_late(desk: Desk, act: str) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ben", ACTS[act])
    desk.clock.forward(minutes=10, seconds=1)
    assert "nothing of yours to undo" in words(await desk.say("ben", f"undo #{number}"))


@pytest.mark.parametrize("act", ACTS)
async def test_nobody_undoes_what_somebody_else_did(desk: Desk, act: str) -> None:
    number = await desk.alert_opens("payments down")
    (undo,) = commands(await desk.say("ben", ACTS[act]))
    before = len(await desk.entries(number))
    for said in (f"undo #{number}", undo):
        assert "nothing of yours to undo" in words(await desk.say("ann", said))
    assert len(await desk.entries(number)) == before


async def test_pressing_twice_takes_back_one_act(desk: Desk) -> None:
    """Once the second press took back the act before."""
    number = await desk.alert_opens("payments down")
    await desk.told("ben", f"rename #{number} a better title")
    (undo,) = commands(await desk.say("ben", f"link #{number} https://dash.example"))
    await desk.told("ben", undo)
    assert (await desk.say("ben", undo)).status == 422
    assert (await desk.incident(number)).title == "a better title"


async def test_a_button_undoes_its_own_act_not_the_last(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    (undo,) = commands(await desk.say("ben", f"rename #{number} a better title"))
    await desk.told("ben", f"link #{number} https://dash.example")
    await desk.told("ben", undo)
    incident = await desk.incident(number)
    assert (incident.title, len(incident.links)) == ("payments down", 1)


async def test_typed_it_takes_back_one_act_after_the_other(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ben", f"rename #{number} a better title")
    await desk.told("ben", f"link #{number} https://dash.example")
    await desk.told("ben", f"undo #{number}")
    await desk.told("ben", f"undo #{number}")
    incident = await desk.incident(number)
    assert (incident.title, incident.links) == ("payments down", [])
    assert (await desk.say("ben", f"undo #{number}")).status == 422


async def test_undoing_a_resolve_rings_nobody_and_starts_the_clocks(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ben", f"update #{number} we look --next 20m")
    await desk.told("ben", f"resolve #{number}")
    desk.clock.forward(minutes=3)
    await desk.told("ben", f"undo #{number}")
    incident = await desk.incident(number)
    assert (incident.status, incident.acknowledged_at) == (State.NEW, None)
    assert await desk.effects() == []
    timers = await desk.timers(number)
    assert timers["acknowledge"] == desk.clock.now() + timedelta(minutes=15)
    assert timers["update_due"] == desk.clock.now() + timedelta(minutes=17)
    assert "auto_close" not in timers


async def test_what_somebody_changed_since_stays(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    for mine, theirs in (
        ("severity #1 P0", "severity #1 P1"),
        ("assign #1 @cara", "assign #1 @eva"),
        ("rename #1 mine", "rename #1 theirs"),
        ("role #1 lead @cara", "role #1 lead @eva"),
    ):
        (undo,) = commands(await desk.say("ben", mine))
        await desk.told("ann", theirs)
        reply = await desk.say("ben", undo)
        assert reply.status == 409, words(reply)
    incident = await desk.incident(number)
    assert (incident.title, incident.assigned_to, incident.lead) == ("theirs", "eva", "eva")


async def test_what_others_added_beside_it_stays(desk: Desk) -> None:
    """Once the whole list, or every role, went back to how it was."""
    number = await desk.alert_opens("payments down")
    (no_link,) = commands(await desk.say("ben", f"link #{number} https://mine.example"))
    (no_role,) = commands(await desk.say("ben", f"role #{number} scribe @eva"))
    (no_assign,) = commands(await desk.say("ben", f"assign #{number} @eva"))
    await desk.told("ann", f"link #{number} https://theirs.example")
    await desk.told("ann", f"role #{number} lead @ann")
    await desk.told("cara", f"ack #{number}")
    for undo in (no_link, no_role, no_assign):
        await desk.told("ben", undo)
    incident = await desk.incident(number)
    assert [link["url"] for link in incident.links] == ["https://theirs.example"]
    assert incident.roles == {"lead": "ann"}
    assert incident.assigned_to is None
    assert {"ann", "cara"} <= set(incident.responders)


@pytest.mark.parametrize("then", ["reopen", "close"])
async def test_a_resolve_that_no_longer_stands_is_not_undone(desk: Desk, then: str) -> None:
    number = await desk.alert_opens("payments down")
    (undo,) = commands(await desk.say("ben", f"resolve #{number}"))
    await desk.told("ann", f"{then} #{number}")
    before = await desk.incident(number)
    assert (await desk.say("ben", undo)).status == 409
    assert await desk.incident(number) == before


async def test_a_severity_taken_back_is_the_alerts_again(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ben", f"severity #{number} P0")
    assert (await desk.incident(number)).severity_by_person
    await desk.told("ben", f"undo #{number}")
    assert not (await desk.incident(number)).severity_by_person


@pytest.mark.parametrize("line", ["0", "999", "x", "1"])
async def test_a_line_that_is_none_of_mine_undoes_nothing(desk: Desk, line: str) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ben", f"rename #{number} a better title")
    assert (await desk.say("ben", f"undo #{number} {line}")).status == 422
    assert (await desk.incident(number)).title == "a better title"
