"""What is offered to those who type: verbs, incidents, and what a verb's words can be."""

import pytest

from tests.chat.conftest import Desk
from tests.fakes.policies import actor


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("re", ["release", "rename", "reopen", "resolve"]),
        ("ac", ["ack"]),
        ("ack", []),
        ("fnord ", []),
        ("assign b", ["assign ben"]),
        ("assign @b", ["assign @ben"]),
        ("assign #1 b", ["assign #1 ben"]),
        ("assign 1 b", ["assign 1 ben"]),
        ("assign ben ", []),
        ("role l", ["role lead"]),
        ("role lead m", ["role lead me"]),
        ("severity P", [f"severity P{n}" for n in range(5)]),
        ("sev p1", ["sev P1"]),
        ("resolve f", ["resolve fixed", "resolve false alarm"]),
        ("declare it broke --sev", ["declare it broke --severity"]),
        ("declare it broke --severity P0", []),
        ("declare it broke --severity p", [f"declare it broke --severity P{n}" for n in range(5)]),
        ("declare it broke --since 0", []),
        ("help sil", ["help silence"]),
        ("note the d", []),
    ],
)
async def test_a_line_is_completed_word_by_word(desk: Desk, typed: str, offered: list[str]) -> None:
    assert await desk.completes("ann", typed, room=1) == offered


async def test_incidents_are_offered_by_the_verb_and_not_in_their_own_room(desk: Desk) -> None:
    await desk.opens("payments down")
    await desk.opens("disk full")
    await desk.told("ann", "resolve #2 fixed")

    assert await desk.completes("ben", "ack ") == ["ack #1"]
    assert await desk.completes("ben", "ack #") == ["ack #1"]
    assert await desk.completes("ben", "ack #2") == []
    assert await desk.completes("ben", "reopen #") == ["reopen #2"]
    assert await desk.completes("ben", "ack ", room=1) == []
    (found,) = await desk.complete("ack #", actor("ben"))
    assert found.about == "payments down"


async def test_a_verb_that_says_who_offers_people_in_its_room(desk: Desk) -> None:
    await desk.opens("payments down")
    offered = await desk.completes("ann", "page ", room=1)
    assert "page ben" in offered
