"""A channel that people had already becomes the room, with what was said there lately."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import pytest

from bot.domain.incident import Visibility
from bot.ports.queries import MUSTER, IncidentFilter
from storage.store import SqlStore
from tests.fakes.clock import MONDAY, FakeClock
from tests.fakes.slack import Channel, Slack
from tests.fakes.slack.faults import HTML, refuses
from tests.fakes.slack.spoken import spoken
from tests.slack.office import Office, buttons, opened


@pytest.fixture
async def office(slack: Slack, sqlite_store: SqlStore, clock: FakeClock) -> AsyncIterator[Office]:
    """Everything is delivered, and incidents are announced."""
    slack.add_channel("announcements")
    settings = {"ANNOUNCE_CHANNEL": "#announcements"}
    async with opened(
        slack, sqlite_store, clock, by_http=True, delivers=True, configured=settings
    ) as office:
        yield office


@pytest.fixture
async def war_room(office: Office) -> Channel:
    """Ann and Ben have been at it for a while; five hours ago it was about lunch."""
    room = office.slack.add_channel("payments-fire", office.ann.id, office.ben.id)
    await office.ann.say("lunch?", room)
    office.clock.forward(hours=5)
    await office.ben.say("<@U0ANN> the disk is full", room)
    office.clock.forward(minutes=3)
    await office.ann.say("I make room <!channel>", room)
    office.clock.forward(minutes=4)
    return room


async def _adopts(office: Office, room: Channel, text: str = "declare payments down --here") -> int:
    await office.ann.command(f"/incident {text}", room)
    await office.ann.hears("is open as")
    await office.delivered(lambda: any(buttons(m) for m in office.said_in(room)))
    return 1


async def test_the_channel_is_the_room_from_then_on(office: Office, war_room: Channel) -> None:
    number = await _adopts(office, war_room)
    assert war_room.name == "payments-fire", "it keeps its name"
    assert not any(c.name.startswith("inc-") for c in office.slack.workspace.channels.values())
    assert war_room.topic.value.startswith(f"P2 · #{number} · payments down")
    await office.delivered(lambda: len(war_room.pins) == 1)
    await office.ben.command("/incident ack", war_room)
    await office.done()
    assert (await office.incident(number)).acknowledged_by == "ben"


async def test_what_was_said_lately_stands_in_the_timeline_once_at_its_own_time(
    office: Office, war_room: Channel
) -> None:
    number = await _adopts(office, war_room)
    notes = await office.notes(number)
    assert [note.text.splitlines()[0] for note in notes] == [
        "Ben Ito: @ann the disk is full",
        "Ann Olsen: I make room @channel",
    ]
    first, second = (m for m in war_room.top_level()[1:3])
    links = [office.slack.workspace.permalink(message) for message in (first, second)]
    assert [note.text.splitlines()[1] for note in notes] == links
    began = MONDAY + timedelta(hours=5)
    assert [note.occurred_at for note in notes] == [began, began + timedelta(minutes=3)]
    await office.slack.post.redeliver()
    await office.done()
    assert len(await office.notes(number)) == 2


async def test_it_is_announced_there_and_its_talk_is_not_repeated(
    office: Office, war_room: Channel
) -> None:
    await _adopts(office, war_room)
    await office.delivered(
        lambda: any("made this channel its room" in spoken(m) for m in office.said_in(war_room))
    )
    said = [spoken(message) for message in office.said_in(war_room)]
    assert sum("2 messages of the last 4 hours" in text for text in said) == 1
    assert not any("the disk is full" in text for text in said)


async def test_the_form_offers_it_where_there_is_a_channel(
    office: Office, war_room: Channel
) -> None:
    await office.ann.command("/incident declare", war_room)
    await office.ann.sees("muster:form")
    await office.ann.submit({"title": "payments down", "here": ["Yes"]})
    await office.delivered(lambda: any(buttons(m) for m in office.said_in(war_room)))
    assert len(await office.notes(1)) == 2


async def test_a_thread_moves_into_the_channel_it_is_talked_about_in(
    office: Office, war_room: Channel
) -> None:
    await office.ann.command("/incident declare disk fills up --severity P3", office.general)
    await office.done()
    await office.ann.command("/incident room #1 here", war_room)
    await office.ann.hears("This channel is the room of #1 now.")
    await office.delivered(lambda: any(buttons(m) for m in office.said_in(war_room)))
    assert len(await office.notes(1)) == 2
    await office.ann.command("/incident room #1", office.general)
    await office.ann.hears("#1 has a room already")


async def test_a_private_channel_makes_it_private_and_its_people_members(
    office: Office,
) -> None:
    room = office.slack.add_channel(
        "hush", office.slack.app.bot_user, office.ann.id, office.ben.id, private=True
    )
    await office.ben.say("somebody got in", room)
    await office.ann.command("/incident declare a breach --here", room)
    await office.ann.hears("It is private, as the channel is.")
    incident = await office.incident(1)
    assert (incident.visibility, incident.members[:2]) == (Visibility.PRIVATE, ["ann", "ben"])
    await office.delivered(lambda: any(buttons(m) for m in office.said_in(room)))
    (announced,) = office.slack.room("announcements").top_level() or [None]
    assert announced is None or "breach" not in spoken(announced)


async def test_a_private_incident_does_not_move_into_an_open_channel(
    office: Office, war_room: Channel
) -> None:
    await office.ann.command("/incident declare a breach --private --here", war_room)
    refused = await office.ann.hears("Private needs a private channel")
    await office.ann.press("Declare it with a room of its own", refused)
    await office.done()
    assert (await office.incident(1)).visibility is Visibility.PRIVATE
    assert await office.notes(1) == []


async def test_an_open_incident_does_not_take_what_was_said_in_private(office: Office) -> None:
    await office.ann.command("/incident declare disk fills up --severity P3", office.general)
    await office.done()
    room = office.slack.add_channel("hush", office.slack.app.bot_user, office.ann.id, private=True)
    await office.ann.say("a secret", room)
    await office.ann.command("/incident room #1 here", room)
    await office.ann.hears("This channel is private and #1 is not")
    assert await office.notes(1) == []


async def test_a_channel_that_is_a_room_already_is_refused_with_its_number(
    office: Office, war_room: Channel
) -> None:
    await _adopts(office, war_room)
    await office.ann.command("/incident declare another thing --here", war_room)
    refused = await office.ann.hears("This channel is the room of #1 already.")
    assert buttons(refused) == ["Declare it with a room of its own"]


async def test_where_incidents_are_announced_none_is_handled(office: Office) -> None:
    board = office.slack.room("announcements")
    board.members.append(office.ann.id)
    await office.ann.command("/incident declare payments down --here", board)
    await office.ann.hears("This channel is where incidents are announced")


async def test_a_direct_message_is_no_room(office: Office) -> None:
    await office.ann.say("declare payments down --here", office.ann.direct)
    await office.done()
    assert any("A direct message cannot become a room" in spoken(m) for m in _direct(office))


def _direct(office: Office) -> list:  # type: ignore[type-arg]
    return office.ann.direct.top_level()


async def test_where_muster_is_not_it_asks_to_be_invited(office: Office) -> None:
    room = office.slack.add_channel("hush", office.ann.id, private=True)
    await office.ann.command("/incident declare a breach --here", room)
    await office.ann.hears("Invite me first: /invite @Muster.")


@pytest.mark.parametrize("method", ["conversations.info", "conversations.history"])
async def test_while_slack_does_not_answer_nothing_is_half_done(
    office: Office, war_room: Channel, method: str
) -> None:
    office.slack.faults.always[method] = HTML if method.endswith("info") else refuses("fatal_error")
    await office.ann.command("/incident declare payments down --here", war_room)
    refused = await office.ann.hears("I could not look at this channel")
    office.slack.faults.clear()
    await office.ann.press("Declare it with a room of its own", refused)
    await office.done()
    assert (await office.incident(1)).title == "payments down"


async def test_days_after_the_end_the_channel_is_given_back_as_it_was(
    office: Office, war_room: Channel
) -> None:
    office.slack.workspace.set_topic(war_room, "call: 4711", office.ann.id)
    await _adopts(office, war_room)
    assert war_room.topic.value == "P2 · #1 · payments down | call: 4711"
    for said in ("resolve #1 fixed", "close #1"):
        await office.ann.command(f"/incident {said}", office.general)
        await office.done()
    (card,) = [m for m in office.said_in(war_room) if m.ts in war_room.pins]
    await office.delivered(lambda: "Closed" in spoken(card))
    office.clock.forward(days=8)
    office.muster.engine.timers.look()
    while await office.muster.queries.incident_at("slack", war_room.id) is not None:
        office.clock.forward(seconds=2)
        office.muster.delivery.look()
        with suppress(TimeoutError):
            await office.slack.until(lambda: False, within=0.1)
    assert (war_room.is_archived, war_room.topic.value) == (False, "call: 4711")
    await office.ann.command("/incident declare it is back --here", war_room)
    await office.ann.hears("#2 is open")


async def test_only_so_much_is_brought_along(office: Office, war_room: Channel) -> None:
    for n in range(120):
        office.slack.workspace.post(war_room, office.ben.id, f"line {n}")
    await _adopts(office, war_room)
    notes = await office.notes(1)
    assert len(notes) == 100
    assert notes[-1].text.startswith("Ben Ito: line 119")


async def test_replies_in_threads_come_along_at_their_own_time(
    office: Office, war_room: Channel
) -> None:
    head = war_room.top_level()[1]
    reply = await office.ann.say("how full?", war_room, head)
    office.clock.forward(minutes=1)
    await office.ben.say("I stop the batch", war_room)
    number = await _adopts(office, war_room)
    notes = await office.notes(number)
    assert [note.text.splitlines()[0] for note in notes] == [
        "Ben Ito: @ann the disk is full",
        "Ann Olsen: I make room @channel",
        "Ann Olsen: how full?",
        "Ben Ito: I stop the batch",
    ]
    assert notes[2].text.splitlines()[1] == office.slack.workspace.permalink(reply)
    assert notes[2].occurred_at == notes[3].occurred_at - timedelta(minutes=1)


async def test_of_two_who_want_one_channel_at_once_one_gets_it(
    office: Office, war_room: Channel
) -> None:
    commands = (
        office.ann.command("/incident declare payments down --here --anyway", war_room),
        office.ben.command("/incident declare checkout fails --here --anyway", war_room),
    )
    await asyncio.gather(*commands)
    await office.done()
    said = [spoken(m) for person in (office.ann, office.ben) for m in person.whispers]
    assert sum("This channel is its room now" in text for text in said) == 1
    (loser,) = [text for text in said if "This channel is the room of #1 already." in text]
    assert "Declare it with a room of its own" in loser
    page = await office.muster.queries.incidents(IncidentFilter(), MUSTER)
    assert len(page.items) == 1


async def test_a_thread_s_incident_does_not_take_a_channel_that_is_being_adopted(
    office: Office, war_room: Channel
) -> None:
    await office.ann.command("/incident declare disk fills up --severity P3", office.general)
    await office.done()
    adopting = (
        office.ben.command("/incident declare checkout fails --here --anyway", war_room),
        office.ann.command("/incident room #1 here", war_room),
    )
    await asyncio.gather(*adopting)
    await office.done()
    said = [spoken(m) for person in (office.ann, office.ben) for m in person.whispers]
    assert sum("This channel is the room of #" in text and "already" in text for text in said) == 1


async def test_what_was_brought_along_follows_its_message(
    office: Office, war_room: Channel
) -> None:
    head = war_room.top_level()[1]
    reply = await office.ann.say("how full?", war_room, head)
    number = await _adopts(office, war_room)
    await office.ben.edit(head, "the disk is nearly full")
    await office.ann.edit(reply, "how full is it?")
    await office.done()
    notes = await office.notes(number)
    mended = {note.corrects: note for note in notes if note.corrects is not None}
    assert [mended[note.seq].text.splitlines()[0] for note in notes if note.seq in mended] == [
        "Ben Ito: the disk is nearly full",
        "Ann Olsen: how full is it?",
    ]
    assert [mended[n.seq].occurred_at == n.occurred_at for n in notes if n.seq in mended] == [
        True
    ] * 2
    await office.ben.delete(head)
    await office.done()
    taken_back = (await office.entries(number))[-1]
    assert (taken_back.type, taken_back.text.splitlines()[0]) == (
        "undone",
        "Ben Ito: the disk is nearly full",
    )
    office.clock.forward(minutes=1)
    office.muster.delivery.look()
    with suppress(TimeoutError):
        await office.slack.until(lambda: False, within=0.3)
    said = [spoken(message) for message in office.said_in(war_room)]
    assert not any("nearly full" in text or "how full" in text for text in said)


async def test_a_mark_put_on_and_taken_off_leaves_what_was_brought_along(
    office: Office, war_room: Channel
) -> None:
    message = war_room.top_level()[1]
    number = await _adopts(office, war_room)
    before = len(await office.entries(number))
    await office.ann.pin(message)
    await office.ann.unpin(message)
    await office.done()
    assert [e.type for e in (await office.entries(number))[before:] if e.type == "undone"] == []
    assert len(await office.notes(number)) == 2
