"""A command is kept before it is acknowledged, and carried out once, whatever happens."""

import asyncio

import pytest
from sqlalchemy import select

from bot.chat import inbox
from bot.domain.card import Card
from bot.domain.errors import Overloaded
from bot.domain.ledger import Ledger
from bot.ports.failpoint import FailpointHit, arm
from storage import tables as t
from storage.lanes import Lanes
from storage.store import SqlStore
from tests.chat.conftest import Desk, words
from tests.databases import seeded_randomness
from tests.fakes.clock import FakeClock


async def kept(desk: Desk) -> list[tuple[str, bool]]:
    """What was kept, and whether it is done."""
    rows = await desk.rows(select(t.invocations).order_by(t.invocations.c.key))
    return [(row["text"], row["done_at"] is not None) for row in rows]


async def test_what_is_said_is_kept_and_done(both_desk: Desk) -> None:
    number = await both_desk.opens("payments down")
    await both_desk.say("ben", f"ack #{number}")
    assert await kept(both_desk) == [(f"ack #{number}", True)]


async def test_said_again_it_is_answered_and_not_done_again(both_desk: Desk) -> None:
    number = await both_desk.opens("payments down")
    call = both_desk.call("ben", f"note #{number} once")
    first, again = await both_desk.inbox(call), await both_desk.inbox(call)
    assert (await both_desk.types(number)).count("comment_added") == 1
    assert words(again).startswith(words(first).partition("\n")[0])
    assert "done once" in words(again)
    assert (again.incident, again.ok) == (number, True)


@pytest.mark.parametrize("text", ["declare it burns --anyway", "note #1 once", "page #1 @ben"])
async def test_twenty_times_at_once_is_once(both_desk: Desk, text: str) -> None:
    await both_desk.alert_opens("payments down")
    call = both_desk.call("ann", text)
    replies = await asyncio.gather(*(both_desk.inbox(call) for _ in range(20)))
    assert all(reply.ok for reply in replies)
    rows = await both_desk.rows(select(t.entries).where(t.entries.c.incident.is_not(None)))
    assert len(rows) == 2
    assert len(await both_desk.effects()) == (4 if text.startswith("page") else 2)


async def test_two_replicas_do_it_once(both_desk: Desk, clock: FakeClock) -> None:
    number = await both_desk.alert_opens("payments down")
    store = SqlStore(
        both_desk.store.database, clock, randomness=seeded_randomness(8), replica="other"
    )
    if both_desk.store.lanes is not None:
        store.lanes = both_desk.store.lanes
    other = Desk(store, clock)
    for n in range(10):
        call = both_desk.call("ben", f"note #{number} line {n}")
        await asyncio.gather(both_desk.inbox(call), other.inbox(call))
        await asyncio.gather(both_desk.router(call), other.router(call))
    assert (await both_desk.types(number)).count("comment_added") == 10


async def test_a_command_whose_process_died_is_carried_out_at_the_next_start(
    both_desk: Desk,
) -> None:
    number = await both_desk.alert_opens("payments down")
    arm("inbox.after_keep:1:raise")
    with pytest.raises(FailpointHit):
        await both_desk.say("ben", f"note #{number} not lost")
    arm("")
    assert await both_desk.types(number) == ["incident_created"]
    both_desk.clock.forward(seconds=29)
    assert await both_desk.inbox.recover() == 0, "somebody may still be at it"
    both_desk.clock.forward(seconds=2)
    assert await both_desk.inbox.recover() == 1
    last = await both_desk.last(number)
    assert (last.text, last.actor_id, last.origin) == ("not lost", "ben", {"platform": "web"})
    both_desk.clock.forward(minutes=5)
    assert await both_desk.inbox.recover() == 0


async def test_a_form_is_recovered_with_its_answers_and_its_room(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    arm("inbox.after_keep:1:raise")
    with pytest.raises(FailpointHit):
        await desk.say("ben", "note", room=number, answers={"text": "filled in", "at": ""})
    desk.clock.forward(minutes=1)
    await desk.inbox.recover()
    assert (await desk.last(number)).text == "filled in"


@pytest.mark.parametrize("point", ["store.after_commit", "incidents.after_act"])
async def test_what_was_done_before_the_process_died_is_not_done_again(
    desk: Desk, point: str
) -> None:
    number = await desk.alert_opens("payments down")
    call = desk.call("ben", f"note #{number} once")
    arm("store.after_commit:2:raise" if point == "store.after_commit" else f"{point}:1:raise")
    await desk.inbox(call)
    arm("")
    desk.clock.forward(minutes=1)
    await desk.inbox.recover()
    await desk.inbox(call)
    assert (await desk.types(number)).count("comment_added") == 1


async def test_who_is_gone_by_then_does_not_hold_up_the_others(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    for who, text in (("ben", "gone"), ("ann", "here")):
        arm("inbox.after_keep:1:raise")
        with pytest.raises(FailpointHit):
            await desk.say(who, f"note #{number} {text}")
    arm("")
    people = {k: v for k, v in desk.rules.policies.people.items() if k != "ben"}
    desk.rules.swap(desk.rules.policies.model_copy(update={"people": people}))
    desk.clock.forward(minutes=1)
    await desk.inbox.recover()
    assert (await desk.last(number)).text == "here"
    assert await desk.inbox.recover() == 0


async def test_what_was_refused_then_is_refused_again(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    call = desk.call("vic", f"ack #{number}")
    first, again = await desk.inbox(call), await desk.inbox(call)
    assert (first.status, again.status, again.ok) == (403, 403, False)
    assert len(await desk.refusals()) == 1


async def test_what_cannot_be_kept_is_said_not_to_be_recorded(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    await desk.store.database.close()

    async def never(*_: object) -> Card:
        raise TimeoutError

    desk.inbox._keep = never  # type: ignore[assignment,method-assign]  # a database that is away
    reply = await desk.say("ben", f"ack #{number}")
    assert (reply.status, words(reply)) == (503, "Not recorded. Please repeat it.\n")


class Disk:
    """Commits go through, but those who wait for them hear of it only when it `lets_go`."""

    def __init__(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lets_go, self.written = asyncio.Event(), asyncio.Event()
        monkeypatch.setattr(inbox, "MUST_BE_KEPT_IN", 0.05)
        monkeypatch.setattr(desk.store, "_after_commit", self.stalls)

    async def stalls(self, ledger: Ledger) -> None:
        self.written.set()
        await self.lets_go.wait()


async def test_what_people_were_told_to_repeat_is_not_done_besides(
    both_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that stalls in a commit: the answer is given, and then the commit goes through."""
    desk = both_desk
    number = await desk.alert_opens("payments down")
    disk = Disk(desk, monkeypatch)
    reply = await desk.say("ben", f"note #{number} once")
    assert (reply.status, words(reply)) == (503, "Not recorded. Please repeat it.\n")
    assert disk.written.is_set()
    disk.lets_go.set()
    await desk.inbox.tasks.all_done()
    assert await kept(desk) == []
    desk.clock.forward(minutes=1)
    assert await desk.inbox.recover() == 0
    assert (await desk.say("ben", f"note #{number} once")).ok
    assert (await desk.types(number)).count("comment_added") == 1


async def test_what_a_platform_sent_again_meanwhile_stays_kept(
    both_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first delivery was refused late, the second was told that it is on its way."""
    desk = both_desk
    number = await desk.alert_opens("payments down")
    call = desk.call("ben", f"note #{number} once")
    disk = Disk(desk, monkeypatch)
    with pytest.raises(Overloaded):
        await desk.inbox.keep(call)
    monkeypatch.undo()
    desk.clock.forward(seconds=1)
    if desk.store.lanes is not None:
        desk.store.lanes = Lanes()  # another process: the first one still waits for its commit
    again = await desk.inbox.keep(call)
    assert again is not None
    assert words(again) == "That is on its way already.\n"
    disk.lets_go.set()
    await desk.inbox.tasks.all_done()
    desk.clock.forward(minutes=1)
    assert await desk.inbox.recover() == 1
    assert (await desk.types(number)).count("comment_added") == 1


async def test_it_may_be_kept_first_and_carried_out_later(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    call = desk.call("ben", f"note #{number} later")
    assert await desk.inbox.keep(call) is None
    assert await desk.types(number) == ["incident_created"]
    assert await kept(desk) == [(f"note #{number} later", False)]
    again = await desk.inbox.keep(call)
    assert again is not None
    assert words(again) == "That is on its way already.\n"
    await desk.inbox.carry_out(call)
    assert (await desk.last(number)).text == "later"
    assert await kept(desk) == [(f"note #{number} later", True)]


async def test_a_form_that_was_wrong_is_wrong_again(desk: Desk) -> None:
    call = desk.call("ben", "declare", answers={"title": "", "severity": "P1"})
    first, again = await desk.inbox(call), await desk.inbox(call)
    assert first.wrong == again.wrong == {"title": "What is wrong? is needed."}


async def test_what_only_the_act_can_see_is_said_at_the_field(desk: Desk) -> None:
    answers = {"title": "payments down", "since": "soon"}
    reply = await desk.say("ben", "declare", answers=answers)
    assert reply.form is not None
    assert list(reply.wrong) == ["since"]
    assert (reply.ok, reply.status) == (False, 422)
    assert await kept(desk) == [("declare", True)]
