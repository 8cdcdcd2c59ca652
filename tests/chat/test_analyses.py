"""`summary` with a model, and what it suggests: pressed by a person or not at all."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.ports.failpoint import arm
from tests.chat.conftest import Desk, buttons, words


def found(*sentences: tuple[str, str]) -> Any:
    told = [{"text": text, "sources": [source]} for text, source in sentences]
    return {"sentences": told, "confidence": 0.7}


def sorting(severity: str, category: str = "other") -> Any:
    reason = {"text": "Checkout is down.", "sources": ["f1"]}
    return {"category": category, "severity": severity, "reasons": [reason], "confidence": 0.9}


async def test_a_catch_up_begins_with_what_a_model_makes_of_the_record(desk: Desk) -> None:
    number = await desk.opens("Checkout is down")
    await desk.say("ben", f"note #{number} The cache broke after the deploy")
    desk.analyst.away = False
    desk.analyst.answers.append(
        found(("The cache broke after the deploy.", "e3"), ("Eva was fired.", "e3"))
    )
    noted = (await desk.last(number)).seq
    desk.analyst.answers[0]["sentences"][0]["sources"] = [f"e{noted}"]
    reply = await desk.say("eva", f"summary #{number}")
    assert "The cache broke after the deploy." in words(reply)
    assert "Eva was fired" not in words(reply)
    assert reply.private


async def test_since_i_left_is_since_my_last_act(desk: Desk) -> None:
    number = await desk.opens("Checkout is down")
    await desk.say("ben", f"note #{number} I saw the queue grow")
    desk.clock.forward(minutes=5)
    await desk.say("ann", f"note #{number} The queue drains again")
    desk.analyst.away = False
    desk.analyst.answer = lambda job: found()
    await desk.say("ben", f"summary #{number}")
    (job,) = desk.analyst.jobs
    assert "queue drains" in job.body["user"]
    assert "queue grow" not in job.body["user"]


async def test_a_model_that_is_away_costs_nobody_the_catch_up(desk: Desk) -> None:
    number = await desk.opens("Checkout is down")
    assert "catch up" in await desk.told("vic", f"summary #{number}")
    reply = await desk.say("ben", f"summary #{number} --about cause")
    assert "No model is set up" in words(reply)
    assert reply.status == 503


async def test_what_is_suggested_is_done_by_whoever_presses_it(desk: Desk) -> None:
    number = await desk.opens("Checkout is down", "P2")
    desk.analyst.away = False
    desk.analyst.answers.append(sorting("P1"))
    reply = await desk.say("ben", f"summary #{number} --about sort")
    assert str((await desk.incident(number)).severity) == "P2"
    do, no = buttons(reply)[:2]
    assert (await desk.say("vic", do.command)).status == 403
    assert (await desk.say("ben", do.command)).ok
    assert str((await desk.incident(number)).severity) == "P1"
    (changed,) = [e for e in await desk.entries(number) if e.type == "severity_changed"]
    assert (changed.actor_id, changed.text) == ("ben", "as suggested")
    assert "decided already" in words(await desk.say("ben", no.command))


async def test_of_two_who_press_at_once_one_acts(desk: Desk) -> None:
    past = await desk.opens("Turnstile gateway rejects badges")
    await desk.say("ben", f"resolve #{past} fixed Restarted the turnstile gateway.")
    await desk.indexing.catch_up()
    number = await desk.opens("Turnstile gateway rejects all badges")
    reply = await desk.say("ben", f"summary #{number} --about help")
    do = buttons(reply)[0]
    said = await asyncio.gather(*(desk.say(who, do.command) for who in ("ann", "ben", "eva")))
    assert sorted(one.ok for one in said) == [False, False, True]
    assert (await desk.types(number)).count("task_added") == 1


async def test_what_could_not_be_done_may_be_tried_again(desk: Desk) -> None:
    number = await desk.opens("Checkout is down", "P2")
    desk.analyst.away = False
    desk.analyst.answers.append(sorting("P2", "performance"))
    reply = await desk.say("ben", f"summary #{number} --about sort")
    do = next(one for one in buttons(reply) if one.label.startswith("Do"))
    assert (await desk.say("vic", do.command)).status == 403
    assert (await desk.say("ben", do.command)).ok
    assert (await desk.incident(number)).category == "performance"


async def test_a_suggestion_is_refused_with_a_reason_and_rated(desk: Desk) -> None:
    number = await desk.opens("Checkout is down", "P2")
    desk.analyst.away = False
    desk.analyst.answers.append(sorting("P0"))
    reply = await desk.say("ben", f"summary #{number} --about sort")
    no = next(one for one in buttons(reply) if one.label.startswith("No"))
    assert (await desk.say("ben", f'{no.command} --why "only one shop"')).ok
    id = no.command.split()[-1]
    rated = f"summary #{number} --rate {id} --stars 2"
    assert "Thanks" in words(await desk.say("ben", rated))
    kept = await desk.consulting.analyses.suggestion(id)
    assert kept is not None
    assert (kept.reason, kept.rating, str(kept.status)) == ("only one shop", 2, "rejected")


async def test_a_draft_of_an_update_is_sent_by_a_press_only(desk: Desk) -> None:
    number = await desk.opens("Checkout is down --next soon")
    desk.analyst.away = False
    known = [
        {"text": "Checkout is down --next soon.", "sources": ["f1"]},
        {"text": "Next, the checkout is down.", "sources": ["f1"]},
    ]
    desk.analyst.answers.append({"known": known, "doing": [], "confidence": 0.9})
    reply = await desk.say("ben", f"summary #{number} --about update")
    assert "Next, the checkout is down. (unverified)" in words(reply)
    assert "put together by the model" in words(reply)
    assert "update_posted" not in await desk.types(number)
    (send,) = buttons(reply)
    assert send.command == f'update #{number} "Checkout is down --next soon."'
    assert (await desk.say("ben", send.command)).ok
    assert (await desk.incident(number)).next_update_at is not None
    (sent,) = [e for e in await desk.entries(number) if e.type == "update_posted"]
    assert sent.text == "Checkout is down --next soon."


@pytest.fixture
def failing() -> Iterator[Callable[[str], None]]:
    yield arm
    arm("")


@pytest.mark.parametrize(
    ("place", "done"), [("store.before_commit:2", False), ("incidents.after_act:1", True)]
)
async def test_whoever_dies_leaves_a_suggestion_done_or_open_and_never_between(
    desk: Desk, failing: Callable[[str], None], place: str, done: bool
) -> None:
    number = await desk.opens("Checkout is down", "P2")
    desk.analyst.away = False
    desk.analyst.answers.append(sorting("P1"))
    do = buttons(await desk.say("ben", f"summary #{number} --about sort"))[0]
    failing(f"{place}:raise")
    assert (await desk.say("ben", do.command)).status == 500
    failing("")
    kept = await desk.consulting.analyses.suggestion(do.command.split()[-1])
    assert kept is not None
    assert (str(kept.status) == "applied") is done
    assert (str((await desk.incident(number)).severity) == "P1") is done
    again = await desk.say("ann", do.command)
    assert again.ok is not done
    assert (await desk.types(number)).count("severity_changed") == 1


async def test_in_other_words_it_is_modified_and_they_are_kept(desk: Desk) -> None:
    number = await desk.opens("Checkout is down", "P2")
    desk.analyst.away = False
    desk.analyst.answers.append(sorting("P1"))
    do = buttons(await desk.say("ben", f"summary #{number} --about sort"))[0]
    assert (await desk.say("ben", f'{do.command} --instead "P0 everybody is affected"')).ok
    kept = await desk.consulting.analyses.suggestion(do.command.split()[-1])
    assert kept is not None
    assert (str(kept.status), kept.decided_by) == ("modified", "ben")
    assert kept.reason == f"severity #{number} P0 everybody is affected"


async def test_a_reason_in_other_words_than_the_record_suggests_nothing(desk: Desk) -> None:
    number = await desk.opens("Checkout is down", "P2")
    desk.analyst.away = False
    told = sorting("P0")
    told["reasons"][0]["text"] = "Down is the checkout, and everything."
    desk.analyst.answers.append(told)
    reply = await desk.say("ben", f"summary #{number} --about sort")
    assert buttons(reply) == []
