"""Verb by right: what the table says is what happens, no more and no less."""

import pytest

from bot.domain.people import Right
from bot.domain.rights import NEEDED
from bot.domain.severity import Severity
from tests.chat.conftest import Desk, words
from tests.fakes.policies import actor

SAID = {
    "declare": "declare search is slow",
    "ack": "ack #1",
    "start": "start #1",
    "assign": "assign #1 @ann",
    "role": "role #1 scribe @ann",
    "severity": "severity #1 P0",
    "update": "update #1 we look",
    "escalate": "escalate #1",
    "deescalate": "deescalate #1",
    "release": "release #1",
    "resolve": "resolve #1 fixed",
    "reopen": "reopen #1",
    "close": "close #1",
    "note": "note #1 a line",
    "task": "task #1 check the cache",
    "page": "page #1 @ann",
    "silence": "silence #1 1h",
    "rename": "rename #1 another title",
    "room": "room #2",
    "noise": "noise highlights",
    "link": "link #1 https://dash.example",
    "undo": "undo #1",
    "list": "list",
    "status": "status #1",
    "oncall": "oncall",
    "summary": "summary #1",
    "analyse": "summary #1 --about similar",
    "similar": "similar #1",
    "ask": "ask #1 have we seen this before?",
    "help": "help",
    "followup": "followup #1 look into it",
    "mitigated": "mitigated #1 now",
    "postmortem": "postmortem #1",
    "edit postmortem": "postmortem #1 set root_cause no limit",
    "publish postmortem": "postmortem #1 publish --anyway",
}


BEFORE = {
    "start": "ack #1",
    "release": "ack #1",
    "deescalate": "escalate #1",
    "reopen": "resolve #1",
    "close": "resolve #1",
    "edit postmortem": "postmortem #1 draft",
    "publish postmortem": "resolve #1; postmortem #1 draft",
}


async def scene(desk: Desk, verb: str = "") -> None:
    """#1 is open, and in the state that the verb wants."""
    await desk.alert_opens("payments down")
    if verb == "room":
        await desk.alert_opens("disk fills up", Severity.P3)
    if verb in BEFORE:
        for said in BEFORE[verb].split("; "):
            await desk.told("ann", said)


def test_every_verb_is_said() -> None:
    assert set(SAID) == set(NEEDED)


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("verb", NEEDED)
async def test_a_verb_needs_its_right(desk: Desk, verb: str, right: Right) -> None:
    await scene(desk, verb)
    who = actor("cara", right=right, origin={"platform": "chat", "room": "C1"})
    if verb == "undo" and right.reaches(Right.RESPONDER):
        await desk.told(who, "note #1 to be undone")
    before = len(await desk.entries(1))
    reply = await desk.say(who, SAID[verb])
    if right.reaches(NEEDED[verb]):
        assert reply.ok, words(reply)
        return
    assert reply.status == 403
    assert len(await desk.entries(1)) == before
    assert len(await desk.refusals()) == 1


async def test_the_lead_has_commander_rights_in_that_incident_only(desk: Desk) -> None:
    for title in ("one", "two"):
        number = await desk.alert_opens(title)
        await desk.told("ann", f"resolve #{number}")
    await desk.told("ann", "role #2 lead @ben")
    assert (await desk.say("ben", "close #1")).status == 403
    assert (await desk.say("ben", "close #2")).ok


async def test_a_lead_who_is_a_viewer_may_lead(desk: Desk) -> None:
    await scene(desk)
    await desk.alert_opens("another")
    await desk.told("ann", "role #1 lead @vic")
    await desk.told("vic", "update #1 we look")
    assert (await desk.say("vic", "update #2 we look")).status == 403


async def test_a_lead_without_any_right_is_still_refused(desk: Desk) -> None:
    await scene(desk)
    await desk.told("ann", "role #1 lead @sam")
    assert (await desk.say("sam", "update #1 we look")).status == 403


async def test_a_form_does_not_open_for_who_may_not_submit_it(desk: Desk) -> None:
    await scene(desk)
    for verb in ("update #1", "resolve #1", "severity #1", "page #1", "declare"):
        reply = await desk.say("vic", verb, interactive=True)
        assert (reply.status, reply.form) == (403, None), verb


async def test_a_vacant_lead_is_taken_without_a_higher_right(desk: Desk) -> None:
    await scene(desk)
    await desk.told("ben", "role #1 lead")
    assert (await desk.incident(1)).lead == "ben"
