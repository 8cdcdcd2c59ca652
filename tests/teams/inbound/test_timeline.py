"""Talk becomes a timeline where that was consented to and chosen; edits and deletions are new
lines."""

from collections.abc import AsyncIterator

import pytest

from bot.cards.timeline import sentence
from bot.domain.entry import EntryType
from bot.domain.people import SYSTEM
from bot.platforms.teams.extensions import TO_TIMELINE
from bot.platforms.web.entry import entry_html
from bot.ports.queries import MUSTER
from bot.ports.store import Lane, Unit
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.teams import Message, Teams, activities
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


async def standing(office: Office, number: int) -> list[str]:
    """The first lines of the notes that nobody has mended or taken back."""
    gone = {entry.corrects for entry in await office.entries(number)}
    notes = [note for note in await office.notes(number) if note.seq not in gone]
    return [note.text.splitlines()[0] for note in notes]


async def noted(office: Office, number: int) -> Message:
    """What Ben said in the room, in the timeline by its menu."""
    office.teams.rsc.add(RSC)
    root = await office.thread(number)
    said = await office.ben.say("disk is ful", office.room, root)
    await office.ann.extend(TO_TIMELINE, said)
    await office.done()
    return said


async def test_a_message_that_was_noted_is_followed(office: Office) -> None:
    number = await office.declared()
    said = await noted(office, number)
    await office.ben.edit(said, "disk is full")
    await office.done()
    first, second = await office.notes(number)
    assert (second.corrects, second.occurred_at) == (first.seq, first.occurred_at)
    assert second.text == "Ben Ito: disk is full\n" + first.text.splitlines()[1]
    assert (first.actor_id, second.actor_id) == ("ann", "ben")
    await office.ben.delete(said)
    await office.done()
    assert await standing(office, number) == []
    assert (await office.entries(number))[-1].type == "undone"
    office.clock.forward(seconds=30)
    await office.ben.undelete(said)
    await office.done()
    assert await standing(office, number) == ["Ben Ito: disk is full"]
    assert office.ben.hearing == [], "nobody asked, so nobody is answered"


async def test_a_note_that_a_person_took_back_comes_back_by_no_edit(office: Office) -> None:
    number = await office.declared()
    said = await noted(office, number)
    await office.ann.tell(f"undo #{number}")
    await office.done()
    assert await standing(office, number) == []
    await office.ben.edit(said, "disk is full")
    await office.done()
    assert await standing(office, number) == []


async def test_what_was_noted_from_another_channel_is_followed_too(office: Office) -> None:
    number = await office.declared()
    await office.thread(number)
    office.teams.rsc.add(RSC)
    elsewhere = office.teams.add_channel("lunch", office.teams.teams[office.room.team])
    said = await office.ben.say("it began at noon", elsewhere)
    await office.ann.extend(TO_TIMELINE, said)
    await office.ann.submit(press=f"#{number} payments down")
    await office.done()
    assert await standing(office, number) == ["Ben Ito: it began at noon"]
    await office.ben.edit(said, "it began at one")
    await office.done()
    assert await standing(office, number) == ["Ben Ito: it began at one"]


async def test_what_was_noted_already_is_noted_once(office: Office) -> None:
    number = await office.declared()
    said = await noted(office, number)
    shown = await office.ben.extend(TO_TIMELINE, said)
    assert f"That is in the timeline of #{number} already." in shown.words
    assert len(await office.notes(number)) == 1


async def test_a_message_noted_by_its_author_has_one_name(office: Office) -> None:
    number = await office.declared()
    root = await office.thread(number)
    said = await office.ann.say("I restarted it", office.room, root)
    await office.ann.extend(TO_TIMELINE, said)
    await office.done()
    (note,) = await office.notes(number)
    told = sentence(note, office.muster.engine.rules.policies.people)
    assert told.startswith("Ann Olsen: I restarted it")
    page = str(entry_html(note, office.muster.engine.rules.policies.people))
    assert "Note</strong> by <bdi>Ann Olsen</bdi>" in page
    assert "<bdi>I restarted it" in page


async def test_talk_past_the_thousandth_line_is_followed(keeping: Office) -> None:
    number = await keeping.declared()
    root = await keeping.thread(number)

    async def notes(unit: Unit) -> None:
        incident = await unit.incident(number)
        for n in range(1_010):
            unit.ledger.enter(incident, EntryType.COMMENT_ADDED, SYSTEM, text=f"line {n}")

    await keeping.muster.store.transact(notes, lane=Lane.COMMANDS)
    said = await keeping.ben.say("disk is ful", keeping.room, root)
    await keeping.done()
    await keeping.ben.edit(said, "disk is full")
    await keeping.done()
    after = await keeping.muster.queries.entries(number, MUSTER, after=1_000)
    assert [e.text for e in after if e.type == "said"] == ["disk is ful", "disk is full"]


async def test_a_channel_or_a_bot_that_is_mentioned_is_nobody_to_be_met(keeping: Office) -> None:
    number = await keeping.declared()
    root = await keeping.thread(number)
    said = keeping.teams.post(keeping.room, keeping.ben.id, {"type": "message"}, thread=root.id)
    named = [
        {"type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": id, "name": name}}
        for name, id in (("General", keeping.room.id), ("Other", "28:other-bot"))
    ]
    made = activities.message(keeping.teams, said, keeping.ben.user, keeping.room)
    made |= {"text": "<at>General</at> <at>Other</at> look", "entities": named}
    asked = len(keeping.teams.refused)
    await keeping.teams.outward.send(made)
    await keeping.done()
    assert [line.text for line in await keeping.talk(number)] == ["@General @Other look"]
    assert keeping.teams.refused[asked:] == []
