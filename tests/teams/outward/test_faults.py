"""Whatever goes wrong between Muster and Microsoft, it ends well, and nothing is said thrice."""

import pytest

from tests.fakes.teams.faults import (
    GONE,
    HALF_BODY,
    HANG,
    LOST_ANSWER,
    NO_JSON,
    RESET,
    Fault,
    answers,
    broken,
    rate_limited,
)
from tests.teams.outward.conftest import Hall, read

PASSING = {
    "429": rate_limited(3),
    "429 without a time": rate_limited(None),
    "412": answers(412, "PreconditionFailed"),
    "500": broken(500),
    "502": broken(502),
    "503": answers(503, "ServiceUnavailable"),
    "504": broken(504),
    "reset": RESET,
    "half a body": HALF_BODY,
    "no JSON": NO_JSON,
}
UNCLEAR = (RESET, HALF_BODY, NO_JSON)
"""After these nobody knows whether it was heard; two in a row are given up."""


async def _all_is_said(hall: Hall) -> int:
    number = await hall.outpost.opens("p99 over 2 s")
    await hall.outpost.incidents.note(number, "look here", hall.outpost.ask())
    await hall.outpost.incidents.ack(number, hall.outpost.ask())
    await hall.outpost.deliver_all(minutes=12)
    assert await hall.outpost.states(state="pending") == []
    return number


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
@pytest.mark.parametrize("call", ["create", "send", "update", "token"])
async def test_what_passes_leaves_nothing_behind(hall: Hall, call: str, fault: Fault) -> None:
    for _ in range(1 if fault in UNCLEAR and call == "send" else 2):
        hall.teams.faults.add(call, fault)
    number = await _all_is_said(hall)
    assert "Acknowledged" in read(hall.cards(number)[-1])
    assert sum("look here" in line for line in hall.thread_of_last(number)) >= 1


@pytest.mark.parametrize("call", ["create", "send"])
async def test_a_lost_answer_shows_a_message_twice_at_most(hall: Hall, call: str) -> None:
    hall.teams.faults.add(call, LOST_ANSWER)
    number = await _all_is_said(hall)
    said = [read(message) for message in hall.said()]
    assert len(hall.cards(number)) <= 2
    assert sum("look here" in words for words in said) <= 2
    assert len(said) == len(set(map(str, said))) + 1, "one of them stands there twice"


async def test_answers_that_are_lost_for_ever_are_given_up_after_two(hall: Hall) -> None:
    number = await hall.outpost.opens("p99 over 2 s", "P3")
    await hall.outpost.deliver()
    hall.teams.faults.always["send"] = LOST_ANSWER
    await hall.outpost.incidents.note(number, "look here", hall.outpost.ask())
    await hall.outpost.deliver_all(minutes=12)
    assert sum("look here" in line for line in hall.thread(number)) == 2
    (failed,) = await hall.outpost.entries(number, "notification_failed")
    assert "sent twice" in failed.text


async def test_while_teams_is_dark_nothing_is_said_into_it(hall: Hall) -> None:
    """What may have been heard is not said again before Teams answers something harmless."""
    number = await hall.outpost.opens("p99 over 2 s", "P3")
    await hall.outpost.deliver()
    hall.teams.faults.everything = RESET
    await hall.outpost.incidents.note(number, "look here", hall.outpost.ask())
    await hall.outpost.deliver_all(minutes=20)
    hall.teams.faults.everything = None
    await hall.outpost.deliver_all(minutes=12)
    assert sum("look here" in line for line in hall.thread(number)) == 1
    assert await hall.outpost.entries(number, "notification_failed") == []


async def test_what_happened_meanwhile_is_said_in_one(hall: Hall) -> None:
    outpost = hall.outpost
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver_all(minutes=1)
    before = len(hall.thread(number))
    hall.teams.faults.everything = broken(503)
    await outpost.incidents.ack(number, outpost.ask())
    await outpost.deliver_all(minutes=3)
    for n in range(5):
        await outpost.incidents.note(number, f"note {n} <at>Ann</at>", outpost.ask())
    await outpost.incidents.update(number, outpost.ask(), known="the cache is cold")
    await outpost.deliver_all(minutes=20)
    hall.teams.faults.everything = None
    await outpost.deliver_all(minutes=10)
    (catch_up,) = hall.thread(number)[before:]
    lines = ["Ann Olsen has it", *(f"note {n}" for n in range(5)), "the cache is cold"]
    places = [catch_up.index(line) for line in lines]
    assert places == sorted(places)
    assert "Acknowledged" in read(hall.cards(number)[0])


async def test_a_wrong_secret_pages_by_another_way_and_keeps_the_rest(hall: Hall) -> None:
    hall.teams.login.given.clear()
    hall.teams.login.secret = "another"
    number = await hall.outpost.opens("p99 over 2 s")
    await hall.outpost.deliver()
    assert [who for who, _ in hall.outpost.sms.pages] == ["ann"]
    assert "pending" in await hall.outpost.states(destination="chat")
    (failed,) = await hall.outpost.entries(number, "notification_failed")
    assert "client secret is wrong" in failed.text
    assert "another" not in failed.text
    hall.teams.login.secret = "s3cr3t~of-the-bot"
    await hall.outpost.deliver_all(minutes=12)
    assert len(hall.cards(number)) == 1


async def test_a_token_that_is_too_old_is_asked_for_anew(hall: Hall) -> None:
    await hall.outpost.opens("one", "P3")
    await hall.outpost.deliver()
    for text, (scope, _) in list(hall.teams.login.given.items()):
        hall.teams.login.given[text] = (scope, 0.0)
    number = await hall.outpost.opens("two", "P3")
    await hall.outpost.deliver()
    assert len(hall.cards(number)) == 1
    assert hall.outpost.pauses == []


async def test_a_card_that_is_gone_while_it_is_edited_is_posted_anew(hall: Hall) -> None:
    number = await hall.outpost.opens("p99 over 2 s")
    await hall.outpost.deliver()
    hall.teams.faults.add("update", GONE)
    await hall.outpost.incidents.ack(number, hall.outpost.ask())
    await hall.outpost.deliver()
    assert len(hall.cards(number)) == 2, "the old one is still there: Teams only said it is not"
    assert "Acknowledged" in read(hall.cards(number)[-1])


async def test_a_storm_keeps_to_what_teams_allows(hall: Hall) -> None:
    hall.teams.limits.on = True
    for n in range(60):
        await hall.outpost.opens(f"number {n}", f"P{n % 3}")
    await hall.outpost.deliver_all(minutes=10)
    assert [len(hall.cards(number)) for number in range(1, 61)] == [1] * 60
    refused = [call for call in hall.teams.refused if call[1] == "Throttled"]
    assert len(refused) < len(hall.teams.calls) / 4, "only what was late arrives together"


async def test_a_hanging_call_ends(hall: Hall) -> None:
    hall.platform.connector.client.wire.timeout = 0.05
    hall.teams.faults.add("create", HANG)
    number = await hall.outpost.opens("p99 over 2 s", "P3")
    await hall.outpost.deliver_all(minutes=2)
    assert len(hall.cards(number)) == 1
