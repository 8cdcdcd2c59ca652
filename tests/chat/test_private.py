"""A private incident does not exist for who is not in it, whatever their rights."""

from typing import Any

import pytest

from bot.chat.command import Takes
from bot.domain.incident import Visibility
from bot.domain.severity import Severity
from bot.ports.queries import Viewer
from handlers.commands import COMMANDS
from handlers.registry import resolve
from tests.chat.conftest import Desk, commands, words

TITLE = "the breach nobody may know of"
MORE = {
    "assign": "@ben",
    "role": "lead @ben",
    "severity": "P0",
    "update": "we look",
    "note": "a line",
    "page": "@ben",
    "silence": "1h",
    "rename": "another title",
    "link": "https://dash.example",
}
BY_ID = [verb for verb, path in COMMANDS.items() if resolve(path).takes is not Takes.NOTHING]


async def private(desk: Desk, **more: Any) -> int:
    """Opened by an alert; Ann, who is on call, is in it."""
    fields = {"visibility": Visibility.PRIVATE, "service": "payments", **more}
    return await desk.alert_opens(TITLE, Severity.P1, **fields)


@pytest.mark.parametrize("interactive", [False, True], ids=["typed", "form"])
@pytest.mark.parametrize("said", ["bare", "whole"])
@pytest.mark.parametrize("verb", BY_ID)
async def test_it_answers_as_if_it_were_missing(
    desk: Desk, verb: str, said: str, interactive: bool
) -> None:
    """Byte for byte, for somebody with every right and for somebody with few."""
    number = await private(desk)
    missing = number + 1
    rest = MORE.get(verb, "") if said == "whole" else ""
    for who in ("eva", "ben", "vic"):
        there, gone = [
            await desk.router(desk.call(who, f"{verb} #{n} {rest}", interactive=interactive))
            for n in (number, missing)
        ]
        assert repr(there).replace(f"#{number}", f"#{missing}") == repr(gone)
        assert there.status == 404
    assert await desk.types(number) == ["incident_created"]


@pytest.mark.parametrize("id", ["#1", "1", "INC-20260105-00001", "inc-20260105-00001"])
async def test_by_whatever_name(desk: Desk, id: str) -> None:
    await private(desk)
    assert (await desk.say("eva", f"status {id}")).status == 404
    assert (await desk.say("ann", f"status {id}")).ok


async def test_its_room_says_nothing_of_it_either(desk: Desk) -> None:
    number = await private(desk)
    assert commands(await desk.say("eva", "", room=number)) == ["declare", "list", "oncall", "help"]
    assert (await desk.say("eva", "ack", room=number)).status == 404


async def test_it_is_in_no_list_count_picker_search_or_completion(desk: Desk) -> None:
    await private(desk)
    for text in ("list", "list breach", "list P1", "list new", "status"):
        assert "Nothing is open" in words(await desk.say("eva", text)), text
        assert "Nothing is open" not in words(await desk.say("ann", text)), text
    assert "No incident is open" in words(await desk.say("eva", "ack"))
    assert commands(await desk.say("ann", "ack")) == ["ack #1"]
    assert await desk.queries.search("breach", Viewer("eva"), limit=5) == []
    assert len(await desk.queries.search("breach", Viewer("ann"), limit=5)) == 1
    assert await desk.completes("eva", "ack #") == []
    assert await desk.completes("ann", "ack #") == ["ack #1"]


async def test_it_does_not_look_alike_to_who_declares(desk: Desk) -> None:
    await private(desk)
    for text in (f"declare {TITLE}", "declare errors --service payments"):
        assert (await desk.say("eva", text)).ok, text
    assert (await desk.say("ann", f"declare {TITLE}")).status == 409


async def test_a_member_sees_it_and_does_what_they_may(desk: Desk) -> None:
    number = await private(desk)
    assert TITLE in await desk.told("ann", f"status #{number}")
    await desk.told("ann", f"note #{number} a line")


async def test_who_is_paged_assigned_or_given_a_role_becomes_a_member(desk: Desk) -> None:
    number = await private(desk)
    for line, who in (
        ("page #1 @ben", "ben"),
        ("assign #1 @cara", "cara"),
        ("role #1 lead @eva", "eva"),
    ):
        assert (await desk.say(who, f"status #{number}")).status == 404
        await desk.told("ann", line)
        assert (await desk.say(who, f"status #{number}")).ok
    assert (await desk.incident(number)).members == ["ann", "ben", "cara", "eva"]


async def test_who_an_escalation_pages_becomes_a_member(desk: Desk) -> None:
    number = await private(desk)
    await desk.told("ann", f"escalate #{number}")
    assert (await desk.say("ben", f"status #{number}")).ok


async def test_an_assignment_taken_back_takes_the_membership_back(desk: Desk) -> None:
    number = await private(desk)
    (undo,) = commands(await desk.say("ann", f"assign #{number} @cara"))
    await desk.told("ann", undo)
    assert (await desk.say("cara", f"status #{number}")).status == 404


async def test_a_member_who_was_paged_meanwhile_stays_one(desk: Desk) -> None:
    number = await private(desk)
    (undo,) = commands(await desk.say("ann", f"assign #{number} @cara"))
    await desk.told("ann", f"page #{number} @cara")
    await desk.told("ann", undo)
    assert (await desk.say("cara", f"status #{number}")).ok


async def test_its_silence_is_ended_by_its_members_only(desk: Desk) -> None:
    """Once anybody could end it by its number, and learned that there was one."""
    number = await private(desk)
    await desk.told("ann", f"silence #{number} 1h --yes")
    there, gone = await desk.say("eva", "silence end 1"), await desk.say("eva", "silence end 2")
    assert words(there).replace("silence 1", "silence 2") == words(gone)
    assert len(await desk.queries.silences(Viewer("ann"))) == 1
    await desk.told("ann", "silence end 1")


async def test_what_a_silence_would_have_hit_leaves_it_out(desk: Desk) -> None:
    await private(desk)
    assert "would have hit 0 alerts" in await desk.told("eva", "silence service=payments 1h")


async def test_a_refused_look_is_not_recorded_in_it(desk: Desk) -> None:
    number = await private(desk)
    await desk.say("eva", f"close #{number}")
    assert await desk.types(number) == ["incident_created"]
