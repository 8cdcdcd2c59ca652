"""Talk becomes a timeline where that was consented to and chosen; edits and deletions are new
lines."""

from collections.abc import AsyncIterator

import pytest

from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.teams import Teams
from tests.teams.inbound.office import Office, opened, people

RSC = "ChannelMessage.Read.Group"


@pytest.fixture
async def keeping(teams: Teams, sqlite_store: SqlStore, clock: FakeClock) -> AsyncIterator[Office]:
    """Every incident's room is kept, and Teams was allowed to tell it."""
    teams.rsc.add(RSC)
    policies = people(routes={"rest": {"fallback": True, "capture": True}})
    async with opened(teams, sqlite_store, clock, policies=policies) as office:
        yield office


async def test_what_is_said_in_the_room_is_kept(keeping: Office) -> None:
    number = await keeping.declared()
    root = await keeping.thread(number)
    await keeping.ben.say("disk is full", keeping.room, root)
    who = keeping.ann.user
    await keeping.ben.say(f"<at>{who.name}</at> please look", keeping.room, root, who)
    await keeping.done()
    notes = await keeping.talk(number)
    assert [(n.actor_id, n.text) for n in notes] == [
        ("ben", "disk is full"),
        ("ben", "@ann please look"),
    ]
    assert keeping.ben.hearing == [], "nobody asked, so nobody is answered"


KEPT = "is kept in its timeline"


async def test_the_card_says_that_talk_is_kept(keeping: Office) -> None:
    assert KEPT in str((await keeping.thread(await keeping.declared())).card)


async def test_and_says_nothing_of_it_where_it_is_not(office: Office) -> None:
    assert KEPT not in str((await office.thread(await office.declared())).card)


async def test_talk_elsewhere_is_not(keeping: Office) -> None:
    number = await keeping.declared()
    await keeping.thread(number)
    before = await keeping.kept()
    await keeping.ben.say("lunch?", keeping.room)
    await keeping.done()
    assert await keeping.kept() == before


async def test_nothing_is_kept_unless_the_route_says_so(office: Office) -> None:
    office.teams.rsc.add(RSC)
    number = await office.declared()
    root = await office.thread(number)
    await office.ben.say("disk is full", office.room, root)
    await office.done()
    assert await office.talk(number) == []


async def test_an_edit_is_a_new_line_that_names_the_old_one(keeping: Office) -> None:
    number = await keeping.declared()
    root = await keeping.thread(number)
    said = await keeping.ben.say("disk is ful", keeping.room, root)
    await keeping.done()
    keeping.clock.forward(seconds=30)
    await keeping.ben.edit(said, "disk is full")
    await keeping.done()
    first, second = await keeping.talk(number)
    assert (first.text, second.text) == ("disk is ful", "disk is full")
    assert second.corrects == first.seq
    keeping.clock.forward(seconds=30)
    await keeping.ben.edit(said, "the disk is full")
    await keeping.done()
    assert (await keeping.talk(number))[-1].corrects == second.seq


async def test_the_same_edit_told_twice_is_one_line(keeping: Office) -> None:
    number = await keeping.declared()
    root = await keeping.thread(number)
    said = await keeping.ben.say("disk is ful", keeping.room, root)
    await keeping.done()
    await keeping.ben.edit(said, "disk is full")
    await keeping.teams.outward.send(keeping.teams.outward.sent[-1][0])
    await keeping.done()
    assert len(await keeping.talk(number)) == 2


async def test_a_deletion_is_told_and_so_is_its_end(keeping: Office) -> None:
    number = await keeping.declared()
    root = await keeping.thread(number)
    said = await keeping.ben.say("the password is hunter2", keeping.room, root)
    await keeping.done()
    keeping.clock.forward(seconds=30)
    await keeping.ben.delete(said)
    await keeping.done()
    gone = (await keeping.talk(number))[-1]
    assert gone.text == "(taken away by its author)"
    assert gone.corrects is not None
    keeping.clock.forward(seconds=30)
    await keeping.ben.undelete(said)
    await keeping.done()
    assert (await keeping.talk(number))[-1].text == "the password is hunter2"


async def test_a_note_that_was_typed_follows_its_message(office: Office) -> None:
    number = await office.declared()
    root = await office.thread(number)
    said = await office.ben.mention("note disk is ful", office.room, root)
    await office.done()
    await office.ben.edit(said, "<at>Muster</at> note disk is full")
    await office.done()
    first, second = await office.notes(number)
    assert (first.text, second.text) == ("disk is ful", "disk is full")
    assert second.corrects == first.seq


async def test_an_edit_of_what_is_in_no_timeline_is_nobody_s_business(office: Office) -> None:
    number = await office.declared()
    root = await office.thread(number)
    said = await office.ben.mention("ack", office.room, root)
    await office.done()
    before = len(await office.entries(number))
    await office.ben.edit(said, "<at>Muster</at> note something else")
    await office.done()
    assert len(await office.entries(number)) == before
