"""Whatever Slack sends twice, late or in another order, it has one effect and one answer."""

import asyncio

import pytest

from bot.ports.failpoint import arm
from storage.store import SqlStore
from tests.databases import seeded_randomness
from tests.fakes.clock import FakeClock
from tests.fakes.slack import Slack
from tests.fakes.slack.outward.letter import Ack, Letter, Sort
from tests.slack.office import Office, opened


@pytest.fixture(autouse=True)
def _disarmed() -> object:
    yield
    arm("")


def last(office: Office, sort: Sort) -> Letter:
    return next(letter for letter, _ in reversed(office.slack.post.sent) if letter.sort is sort)


async def test_a_command_delivered_twenty_times_is_carried_out_once(office: Office) -> None:
    await office.ann.mention("declare it burns --anyway", office.general)
    await office.done()
    letter = last(office, Sort.EVENT)
    acks = await asyncio.gather(*(office.slack.post.send(letter) for _ in range(20)))
    await office.done()
    assert all(ack.ok for ack in acks)
    assert await office.types(1) == ["incident_created"]
    assert len(office.ann.whispers) == 1, "and answered once"


async def test_two_presses_are_two_and_one_press_sent_twice_is_one(office: Office) -> None:
    number = await office.declared()
    await office.ann.command(f"/incident severity #{number} P0 it spreads", office.general)
    undo = await office.ann.hears(f"#{number} is P0 now.")
    await office.ann.press("Undo", undo)
    await office.slack.post.send(last(office, Sort.INTERACTION))
    await office.done()
    assert (await office.types(number)).count("severity_changed") == 2, "said, and taken back once"
    assert (await office.incident(number)).severity == "P1"


async def test_events_in_another_order_have_the_same_effect(office: Office) -> None:
    number = await office.declared()
    room = await office.room(number, office.ann)
    office.slack.post.holds = []
    for line in ("note one", "note two", "note three"):
        await office.ann.mention(line, room)
    held, office.slack.post.holds = office.slack.post.holds, None
    for letter in (*reversed(held), *held):
        await office.slack.post.send(letter)
    await office.done()
    assert sorted(note.text for note in await office.notes(number)) == ["one", "three", "two"]


async def test_two_replicas_that_hear_the_same_do_it_once(
    slack: Slack, store: SqlStore, clock: FakeClock
) -> None:
    """The second copy comes while the first is at work, and says that Slack sends it again."""
    async with opened(slack, store, clock, by_http=True) as first:
        number = await first.declared()
        room = await first.room(number, first.ann)
        other_store = SqlStore(
            store.database, clock, randomness=seeded_randomness(8), replica="other"
        )
        other_store.lanes = store.lanes
        async with opened(slack, other_store, clock, by_http=True) as second:
            slack.post.holds = []
            for line in ("note one", "note two", "note three"):
                await first.ann.mention(line, room)
            held, slack.post.holds = slack.post.holds, None

            async def send(letter: Letter, to: Office) -> Ack:
                slack.app.events_url = f"{to.address}slack/events"
                return await slack.post.send(letter)

            copies = [(letter, first) for letter in held]
            copies += [(letter.again("http_timeout"), second) for letter in reversed(held)]
            acks = await asyncio.gather(*(send(*copy) for copy in copies))
            assert all(ack.ok for ack in acks)
            await second.done()
            await first.done()
            assert sorted(note.text for note in await first.notes(number)) == [
                "one",
                "three",
                "two",
            ]
            answered = [w for w in first.ann.whispers if "Noted in" in w.text]
            assert len(answered) + len([w for w in first.ann.whispers if "already" in w.text]) >= 3


async def test_an_event_that_was_not_kept_is_sent_again(office: Office) -> None:
    number = await office.declared()
    room = await office.room(number, office.ann)
    inbox = office.muster.inbox
    kept, inbox._keep = inbox._keep, _away  # type: ignore[method-assign, assignment]  # a database that is away
    await office.ann.mention("note not lost", room)
    assert not office.slack.post.sent[-1][1].ok
    assert await office.notes(number) == []
    inbox._keep = kept  # type: ignore[method-assign]
    (ack,) = await office.slack.post.redeliver()
    await office.done()
    assert ack.ok
    assert [note.text for note in await office.notes(number)] == ["not lost"]


async def test_people_are_asked_to_repeat_what_was_not_kept(office: Office) -> None:
    number = await office.declared()
    await office.ann.command("/incident", office.general)
    await office.ann.command(f"/incident update #{number}", office.general)
    await office.ann.sees(f"Update of #{number}")
    office.muster.inbox._keep = _away  # type: ignore[method-assign, assignment]  # a database that is away

    shown = await office.ann.submit({"known": "the disk is full"})
    assert list(shown.errors.values()) == ["Not recorded. Please repeat it."]

    shown = await office.ann.command(f"/incident ack #{number}", office.general)
    assert shown.ack.ok
    assert [whisper.text for whisper in shown.whispers] == ["Not recorded. Please repeat it."]

    await office.ann.press("Help", await office.ann.hears("What can I do?"))
    await office.done()
    assert len([w for w in office.ann.whispers if "Not recorded" in w.text]) == 2
    assert await office.types(number) == ["incident_created"]


async def _away(*_: object) -> None:
    raise TimeoutError


async def test_what_was_acknowledged_survives_the_process(office: Office) -> None:
    number = await office.declared()
    room = await office.room(number, office.ann)
    arm("inbox.before_reply:1:raise")
    await office.ann.mention("note not lost", room)
    await office.done()
    arm("")
    office.clock.forward(minutes=1)
    await office.muster.inbox.recover()
    assert [note.text for note in await office.notes(number)] == ["not lost"]


async def test_stopping_waits_for_what_was_acknowledged(
    slack: Slack, sqlite_store: SqlStore, clock: FakeClock
) -> None:
    async with opened(slack, sqlite_store, clock, by_http=True) as office:
        await office.ann.command("/incident declare payments down", office.general)
        await office.muster.listening["slack"].stop()
        assert (await office.incident(1)).title == "payments down"
        assert len(office.ann.whispers) == 1
