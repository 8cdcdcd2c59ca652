"""A channel or a group chat that people had already becomes the room."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.incident import Visibility
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.teams import Teams, spoken
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
