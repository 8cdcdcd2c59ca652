"""Whose it is, who has which role, who is rung by hand, and how that is stopped."""

import pytest

from tests.chat.conftest import Desk, commands, words


async def test_it_is_given_to_somebody(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    assert f"#{number} is assigned to Cara Diaz." in await desk.told(
        "ben", f"assign #{number} @cara"
    )
    incident = await desk.incident(number)
    assert (incident.assigned_to, incident.responders) == ("cara", ["cara"])
    await desk.told("ben", f"assign #{number} me")
    assert (await desk.incident(number)).assigned_to == "ben"


@pytest.mark.parametrize("said", ["ann", "@ann", "Ann", "ann olsen", "@Ann Olsen", '"Ann Olsen"'])
async def test_who_is_meant(desk: Desk, said: str) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ben", f"assign #{number} {said}")
    assert (await desk.incident(number)).assigned_to == "ann"


@pytest.mark.parametrize(
    ("said", "hint"), [("@anm", "Did you mean @ann?"), ("zoe", "nobody called")]
)
async def test_nobody_is_called_that(desk: Desk, said: str, hint: str) -> None:
    number = await desk.alert_opens("payments down")
    for verb in ("assign", "role", "page"):
        words_ = said if verb != "role" else f"lead {said}"
        reply = await desk.say("ben", f"{verb} #{number} {words_}")
        assert (reply.status, hint in words(reply)) == (422, True), words(reply)


async def test_roles_are_given_taken_and_vacated(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    assert "Lead of #1: Ben Ito." in await desk.told("ben", f"role #{number} lead")
    await desk.told("ann", f"role #{number} scribe @cara")
    assert (await desk.incident(number)).roles == {"lead": "ben", "scribe": "cara"}
    assert "Lead of #1: nobody." in await desk.told("ben", f"role #{number} lead nobody")
    assert (await desk.incident(number)).roles == {"scribe": "cara"}
    assert (await desk.say("ben", f"role #{number} captain @ann")).status == 422
    assert (await desk.say("ben", f"role #{number}")).status == 422


async def test_a_name_is_shown_as_it_is(desk: Desk) -> None:
    """Once brackets and stars in a title had backslashes before them."""
    number = await desk.alert_opens("payments down")
    assert "is called p99 (eu) > 2*s_x now." in await desk.told(
        "ben", f"rename #{number} p99 (eu) > 2*s_x"
    )


async def test_somebody_is_rung_now_whatever_was_acknowledged(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ann", f"ack #{number}")
    text = await desk.told("ann", f"page #{number} @cara @eva we need you")
    assert "Paging Cara Diaz, Eva Holm" in text
    assert await desk.effects() == ["cara web", "cara sms", "eva web", "eva sms"]
    last = await desk.last(number)
    assert (last.type, last.text, last.metadata["people"]) == (
        "paged",
        "we need you",
        ["cara", "eva"],
    )
    assert (await desk.incident(number)).paged == ["ann", "cara", "eva"]


async def test_paging_nobody_asks_whom(desk: Desk) -> None:
    """Once an empty page cleared the warning that nobody was reached."""
    number = await desk.alert_opens("payments down", team=None, escalation=None)
    before = await desk.incident(number)
    for said in (f"page #{number}", f"page #{number} @"):
        assert (await desk.say("ben", said)).status == 422
    assert await desk.incident(number) == before


async def test_paging_is_cancelled_and_who_was_reached_is_told(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    assert "is cancelled" in await desk.told("ben", f"page #{number} cancel")
    assert await desk.effects() == []
    assert await desk.effects("DirectMessage") == ["ann web"]
    timers = await desk.timers(number)
    assert not {"acknowledge", "resolve", "manager"} & set(timers)
    assert not (await desk.incident(number)).acknowledged


async def test_the_same_person_can_be_paged_again(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ben", f"page #{number} @ann")
    await desk.told("ben", f"page #{number} @ann")
    assert await desk.effects() == ["ann web", "ann sms"] * 3


async def test_nobody_reached_is_red_with_a_button(desk: Desk) -> None:
    number = await desk.alert_opens("payments down", team="nobody")
    reply = await desk.say("ben", f"status #{number}")
    assert "Nobody was reached" in words(reply)
    assert commands(reply)[0] == f"page #{number}"
    await desk.told("ben", f"page #{number} @ann")
    assert "Nobody was reached" not in await desk.told("ben", f"status #{number}")
