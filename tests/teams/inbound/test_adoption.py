"""A channel or a group chat that people had already becomes the room."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.incident import Visibility
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.teams import Conversation, Teams, spoken
from tests.fakes.teams.faults import broken
from tests.teams.inbound.office import Office, opened


@pytest.fixture
async def office(teams: Teams, sqlite_store: SqlStore, clock: FakeClock) -> AsyncIterator[Office]:
    """Everything is delivered."""
    async with opened(teams, sqlite_store, clock, delivers=True) as office:
        yield office


async def test_the_channel_is_the_room_from_then_on(office: Office) -> None:
    team = office.teams.teams[office.room.team]
    fire = office.teams.add_channel("payments-fire", team)
    await office.ben.mention("declare payments down --here", fire)
    await office.ben.hears("#1 is open")
    await office.delivered(lambda: office.teams.said_in(fire))
    (card, *_) = office.teams.said_in(fire)
    assert "#1 payments down" in spoken(card)
    assert office.teams.said_in(office.room) == [], "it opens nowhere else"
    assert fire.name == "payments-fire", "it keeps its name"
    await office.ben.mention("ack", fire)
    await office.done()
    assert (await office.incident(1)).acknowledged_by == "ben"


async def test_in_a_thread_its_channel_is_meant(office: Office) -> None:
    fire = office.teams.add_channel("payments-fire", office.teams.teams[office.room.team])
    root = await office.ann.say("it burns", fire)
    await office.ben.mention("declare payments down --here", fire, root)
    await office.ben.hears("#1 is open")
    await office.delivered(lambda: office.teams.said_in(fire))
    assert await office.muster.queries.incident_at("teams", fire.id) == 1


async def test_a_group_chat_makes_it_private_to_those_in_it(office: Office) -> None:
    chat = office.teams.add_chat("payroll", office.ann.user, office.ben.user)
    await office.ben.mention("declare payroll leaked --here", chat)
    await office.ben.hears("#1 is open")
    await office.delivered(lambda: office.teams.said_in(chat))
    incident = await office.incident(1)
    assert incident.visibility is Visibility.PRIVATE
    assert {"ann", "ben"} <= set(incident.members)
    assert "payroll leaked" not in repr(office.teams.said_in(office.room))


@pytest.mark.parametrize("where", ["incidents", "alone", "taken"])
async def test_what_cannot_become_a_room_says_why_and_offers_another(
    office: Office, where: str
) -> None:
    fire = office.teams.add_channel("payments-fire", office.teams.teams[office.room.team])
    if where == "alone":
        await office.ben.tell("declare payments down --here")
        said = await office.ben.hears("A chat with Muster alone cannot become a room")
    elif where == "incidents":
        await office.ben.mention("declare payments down --here", office.room)
        said = await office.ben.hears("This channel is where incidents open")
    else:
        await office.ann.mention("declare search is slow --here", fire)
        await office.ann.hears("#1 is open")
        await office.ben.mention("declare payments down --here --anyway", fire)
        said = await office.ben.hears("is the room of #1 already")
    assert "Declare it with a room of its own" in spoken(said)


@pytest.fixture
async def reading(teams: Teams, sqlite_store: SqlStore, clock: FakeClock) -> AsyncIterator[Office]:
    """Graph is granted, and the team has consented to being read."""
    teams.rsc |= {"ChannelMessage.Read.Group", "ChatMessage.Read.Chat"}
    more = {"MUSTER_TEAMS__GRAPH": "true"}
    async with opened(teams, sqlite_store, clock, delivers=True, more=more) as office:
        yield office


async def told(office: Office) -> list[str]:
    return [note.text.splitlines()[0] for note in await office.notes(1)]


async def on_fire(office: Office) -> Conversation:
    """Ann and Ben have been at it; five hours ago it was about lunch."""
    fire = office.teams.add_channel("payments-fire", office.teams.teams[office.room.team])
    await office.ann.say("lunch?", fire)
    office.clock.forward(hours=5)
    ann = office.ann.user
    head = await office.ben.say(f"<at>{ann.name}</at> the disk is <b>full</b>", fire, None, ann)
    office.clock.forward(minutes=3)
    await office.ann.say("how full?", fire, head)
    office.clock.forward(minutes=1)
    gone = await office.ben.say("the password is hunter2", fire)
    await office.ben.delete(gone)
    office.teams.post(fire, office.teams.bot_id, {"type": "message", "text": "a bot's"})
    return fire


async def test_what_was_said_lately_comes_along_and_is_followed(reading: Office) -> None:
    fire = await on_fire(reading)
    head = fire.roots()[1]
    await reading.ben.mention("declare payments down --here", fire)
    await reading.ben.hears("#1 is open")
    lines = ["Ben Ito: @ann the disk is <b>full</b>", "Ann Olsen: how full?"]
    assert await told(reading) == lines
    first, second = await reading.notes(1)
    assert first.text.splitlines()[1] == reading.teams.link(fire, head)
    assert second.occurred_at - first.occurred_at == timedelta(minutes=3)
    reading.clock.forward(seconds=30)
    await reading.ben.edit(head, "the disk is nearly full")
    await reading.done()
    mended = (await reading.notes(1))[-1]
    assert (mended.corrects, mended.occurred_at) == (first.seq, first.occurred_at)
    assert mended.text.splitlines() == [
        "Ben Ito: the disk is nearly full",
        reading.teams.link(fire, head),
    ]
    reading.clock.forward(seconds=30)
    await reading.ben.delete(head)
    await reading.done()
    assert (await reading.entries(1))[-1].corrects == mended.seq
    await reading.delivered(lambda: reading.teams.said_in(fire))
    assert not any("nearly full" in spoken(said) for said in reading.teams.said_in(fire))


async def test_so_it_is_in_a_group_chat(reading: Office) -> None:
    chat = reading.teams.add_chat("payroll", reading.ann.user, reading.ben.user)
    await reading.ann.say("somebody got in", chat)
    await reading.ben.mention("declare payroll leaked --here", chat)
    await reading.ben.hears("#1 is open")
    assert (await told(reading))[0] == "Ann Olsen: somebody got in"


async def test_of_much_the_newest_comes_along(reading: Office) -> None:
    fire = await on_fire(reading)
    for n in range(130):
        reading.teams.post(fire, reading.ben.id, {"type": "message", "text": f"line {n}"})
    await reading.ben.mention("declare payments down --here", fire)
    await reading.ben.hears("#1 is open", within=20)
    lines = await told(reading)
    assert len(lines) == 100
    assert lines[-1] == "Ben Ito: line 129"


async def test_where_nobody_lets_us_it_is_the_room_all_the_same(reading: Office) -> None:
    reading.teams.rsc.clear()
    fire = await on_fire(reading)
    await reading.ben.mention("declare payments down --here", fire)
    await reading.ben.hears("#1 is open")
    assert await told(reading) == []
    await reading.delivered(lambda: reading.teams.said_in(fire))


async def test_while_graph_does_not_answer_nothing_is_half_done(reading: Office) -> None:
    fire = await on_fire(reading)
    reading.teams.faults.always["graph.channel_messages"] = broken(502)
    await reading.ben.mention("declare payments down --here", fire)
    refused = await reading.ben.hears("I could not look at this channel")
    assert "Declare it with a room of its own" in spoken(refused)
