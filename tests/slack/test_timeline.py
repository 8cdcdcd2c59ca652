"""Pins, reactions and shortcuts put a message into the timeline: at its own time, with its link,
once."""

from datetime import timedelta

import pytest

from bot.cards.timeline import sentence
from tests.fakes.clock import MONDAY
from tests.fakes.slack import Channel, Message
from tests.fakes.slack.faults import refuses
from tests.fakes.slack.spoken import spoken
from tests.slack.office import Office


async def said_earlier(
    office: Office, text: str = "the disk is full"
) -> tuple[int, Channel, Message]:
    """Somebody said something in a room; seven minutes have passed."""
    number = await office.declared()
    room = await office.room(number, office.ann, office.ben)
    message = await office.ben.say(text, room)
    office.clock.forward(minutes=7)
    return number, room, message


@pytest.mark.parametrize("how", ["pin", "memo", "pushpin", "shortcut"])
async def test_a_message_is_noted_at_its_own_time_with_its_link(office: Office, how: str) -> None:
    number, _, message = await said_earlier(office)
    match how:
        case "pin":
            await office.ann.pin(message)
        case "shortcut":
            await office.ann.shortcut("muster_to_timeline", message)
        case _:
            await office.ann.react(how, message)
    await office.done()
    (note,) = await office.notes(number)
    link = office.slack.workspace.permalink(message)
    assert note.text == f"Ben Ito: the disk is full\n{link}"
    assert note.occurred_at == MONDAY
    assert note.recorded_at == MONDAY + timedelta(minutes=7)
    assert note.actor_id == "ann"


async def test_however_many_pin_it_it_is_noted_once(office: Office) -> None:
    number, _, message = await said_earlier(office)
    await office.ann.pin(message)
    await office.ben.react("memo", message)
    await office.ann.react("pushpin", message)
    await office.ann.unpin(message)
    await office.ann.pin(message)
    await office.done()
    assert len(await office.notes(number)) == 1


async def test_it_is_quiet_about_it(office: Office) -> None:
    _, room, message = await said_earlier(office)
    before = len(office.ann.whispers)
    await office.ann.pin(message)
    await office.done()
    assert len(office.ann.whispers) == before
    assert office.said_in(room) == []


async def test_a_reply_in_the_thread_of_the_card_is_about_its_incident(office: Office) -> None:
    number = await office.declared()
    card = office.slack.workspace.post(office.general, office.slack.app.bot_user, "the card")
    await office.place(number, "card", channel=office.general.id, ts=card.ts)
    reply = await office.ben.say("I restarted it", office.general, card)
    await office.ann.react("memo", reply)
    await office.done()
    (note,) = await office.notes(number)
    assert note.text.startswith("Ben Ito: I restarted it")


async def test_other_reactions_and_other_channels_are_nobody_s_business(office: Office) -> None:
    number, _, message = await said_earlier(office)
    elsewhere = await office.ben.say("lunch?", office.general)
    await office.ann.react("eyes", message)
    await office.ann.react("memo", elsewhere)
    await office.ann.pin(elsewhere)
    await office.done()
    assert await office.notes(number) == []
    assert [text for _, text in await office.kept() if text.startswith("note")] == []


async def test_from_elsewhere_the_shortcut_asks_which_incident_is_meant(office: Office) -> None:
    number = await office.declared()
    message = await office.ben.say("it began at noon", office.general)
    office.clock.forward(minutes=7)
    await office.ann.shortcut("muster_to_timeline", message)
    picker = await office.ann.hears("Which incident?")
    await office.ann.press(f"#{number} payments down", picker)
    await office.done()
    (note,) = await office.notes(number)
    assert note.occurred_at == MONDAY
    assert note.text.startswith("Ben Ito: it began at noon")


async def test_who_may_not_write_is_told_so_privately(office: Office) -> None:
    number, room, message = await said_earlier(office)
    vic = office.slack.add_person("vic", email="vic@example.com")
    room.members.append(vic.id)
    await vic.pin(message)
    await office.done()
    assert await office.notes(number) == []
    assert "needs the right responder" in spoken(vic.whispers[-1])


async def test_what_slack_does_not_show_now_is_asked_for_when_it_comes_again(
    office: Office,
) -> None:
    number, _, message = await said_earlier(office)
    office.slack.faults.add("conversations.history", refuses("internal_error"))
    await office.ann.react("memo", message)
    assert await office.notes(number) == []
    await office.slack.post.redeliver()
    await office.done()
    assert len(await office.notes(number)) == 1


async def test_a_long_message_is_quoted_in_part(http_office: Office) -> None:
    number, _, message = await said_earlier(http_office, "x" * 9_000)
    await http_office.ann.pin(message)
    await http_office.done()
    (note,) = await http_office.notes(number)
    assert note.text.count("x") == 1_500
    assert note.text.endswith(http_office.slack.workspace.permalink(message))


async def standing(office: Office, number: int) -> list[str]:
    """The words of the notes that nobody has mended or taken back."""
    entries = await office.entries(number)
    gone = {entry.corrects for entry in entries}
    notes = [e for e in entries if e.type == "comment_added" and e.seq not in gone]
    return [note.text.splitlines()[0] for note in notes]


@pytest.mark.parametrize("how", ["pin", "memo"])
async def test_taking_the_mark_off_takes_the_line_back_and_keeps_the_record(
    office: Office, how: str
) -> None:
    number, _, message = await said_earlier(office)
    for _ in range(2):
        await (office.ann.pin(message) if how == "pin" else office.ann.react(how, message))
        await office.done()
        assert await standing(office, number) == ["Ben Ito: the disk is full"]
        await (office.ben.unpin(message) if how == "pin" else office.ann.unreact(how, message))
        await office.done()
        assert await standing(office, number) == []
    assert (await office.types(number))[1:] == ["comment_added", "undone"] * 2
    assert office.ben.whispers == []


async def test_as_long_as_one_mark_is_left_the_line_stands(office: Office) -> None:
    number, _, message = await said_earlier(office)
    await office.ann.pin(message)
    await office.ben.react("memo", message)
    await office.ann.unpin(message)
    await office.done()
    assert await standing(office, number) == ["Ben Ito: the disk is full"]
    await office.ben.react("eyes", message)
    await office.ben.unreact("memo", message)
    await office.done()
    assert await standing(office, number) == []


@pytest.mark.parametrize("again", [False, True], ids=["once", "and marked again"])
async def test_a_message_that_is_edited_is_mended_whoever_noted_it(
    office: Office, again: bool
) -> None:
    number, _, message = await said_earlier(office)
    await office.ann.pin(message)
    await office.done()
    await office.ben.edit(message, "the disk is nearly full")
    if again:
        await office.ben.react("memo", message)
    await office.done()
    assert await standing(office, number) == ["Ben Ito: the disk is nearly full"]
    first, second = await office.notes(number)
    assert (second.corrects, second.occurred_at) == (first.seq, MONDAY)
    assert (first.actor_id, second.actor_id) == ("ann", "ben")


async def test_a_message_that_is_deleted_is_taken_back_and_its_words_stay_on_the_record(
    office: Office,
) -> None:
    number, _, message = await said_earlier(office)
    await office.ann.pin(message)
    await office.done()
    await office.ben.delete(message)
    await office.done()
    assert await standing(office, number) == []
    assert (await office.types(number))[1:] == ["comment_added", "undone"]
    taken_back = (await office.entries(number))[-1]
    assert taken_back.actor_id == "muster", "Slack does not say who deleted it"
    assert taken_back.text.startswith("Ben Ito: the disk is full")


async def test_what_was_noted_from_another_channel_is_followed_too(office: Office) -> None:
    number = await office.declared()
    message = await office.ben.say("it began at noon", office.general)
    await office.ann.shortcut("muster_to_timeline", message)
    picker = await office.ann.hears("Which incident?")
    await office.ann.press(f"#{number} payments down", picker)
    await office.done()
    await office.ben.edit(message, "it began at one")
    await office.done()
    assert await standing(office, number) == ["Ben Ito: it began at one"]


@pytest.mark.parametrize("by", ["mark", "undo"])
async def test_what_a_person_took_back_comes_back_by_no_edit(office: Office, by: str) -> None:
    number, _, message = await said_earlier(office)
    await office.ann.pin(message)
    await office.done()
    if by == "mark":
        await office.ann.unpin(message)
    else:
        await office.ann.command(f"/incident undo #{number}", office.general)
        await office.done()
        await office.ann.unpin(message)
    await office.done()
    assert await standing(office, number) == []
    await office.ben.edit(message, "the disk is nearly full")
    await office.done()
    assert await standing(office, number) == []
    await office.ann.pin(message)
    await office.done()
    assert await standing(office, number) == ["Ben Ito: the disk is nearly full"]


async def test_the_words_of_who_may_not_see_the_incident_are_followed_by_muster_itself(
    office: Office,
) -> None:
    await office.ann.command('/incident declare "a breach" --private', office.general)
    await office.done()
    message = await office.ben.say("it began at noon", office.general)
    await office.ann.shortcut("muster_to_timeline", message)
    picker = await office.ann.hears("Which incident?")
    await office.ann.press("#1 a breach", picker)
    await office.done()
    await office.ben.edit(message, "it began at one")
    await office.done()
    assert await standing(office, 1) == ["Ben Ito: it began at one"]
    assert (await office.entries(1))[-1].actor_id == "muster"
    await office.ben.delete(message)
    await office.done()
    assert await standing(office, 1) == []


async def test_a_guest_s_words_are_followed_by_muster_itself(office: Office) -> None:
    number, room, _ = await said_earlier(office)
    gil = office.slack.add_person("gil", is_guest=True)
    room.members.append(gil.id)
    message = await gil.say("the pump is off", room)
    await office.ann.pin(message)
    await office.done()
    await gil.edit(message, "the pump is on")
    await office.done()
    assert await standing(office, number) == ["Somebody: the pump is on"]
    assert (await office.entries(number))[-1].actor_id == "muster"


async def test_what_nobody_noted_may_be_edited_and_deleted_unread(office: Office) -> None:
    number, room, message = await said_earlier(office)
    other = await office.ben.say("lunch?", room)
    await office.ben.edit(message, "the disk is nearly full")
    await office.ben.edit(other, "lunch!")
    await office.ben.delete(other)
    await office.done()
    assert (await office.types(number))[1:] == []
    assert len(await office.kept()) == 1, "the declaration, and nothing else"


async def test_an_answer_in_its_thread_changes_nothing(office: Office) -> None:
    number, room, message = await said_earlier(office)
    await office.ann.pin(message)
    await office.ann.say("thanks", room, message)
    office.slack.workspace.edit(message, office.ben.id, flagged=False, blocks=[])
    await office.done()
    assert len(await office.notes(number)) == 1


async def test_an_edit_that_slack_tells_twice_or_late_has_one_effect(office: Office) -> None:
    number, _, message = await said_earlier(office)
    await office.ann.pin(message)
    await office.done()
    office.slack.faults.add("conversations.history", refuses("internal_error"))
    await office.ben.edit(message, "the disk is nearly full")
    await office.ben.edit(message, "the disk was full")
    await office.slack.post.redeliver()
    await office.done()
    assert await standing(office, number) == ["Ben Ito: the disk was full"]
    assert len(await office.notes(number)) == 2


async def test_a_message_noted_by_its_author_has_one_name(office: Office) -> None:
    number, room, _ = await said_earlier(office)
    message = await office.ann.say("I restarted it", room)
    await office.ann.react("memo", message)
    await office.done()
    (note,) = await office.notes(number)
    people = office.muster.engine.rules.policies.people
    assert sentence(note, people).startswith("Ann Olsen: I restarted it")


async def test_a_mark_taken_off_by_who_may_not_write_changes_nothing_and_says_nothing(
    office: Office,
) -> None:
    number, room, message = await said_earlier(office)
    await office.ann.pin(message)
    vic = office.slack.add_person("vic", email="vic@example.com")
    room.members.append(vic.id)
    await vic.unpin(message)
    await office.done()
    assert await standing(office, number) == ["Ben Ito: the disk is full"]
    assert vic.whispers == []


async def test_what_was_noted_already_the_shortcut_says_so(office: Office) -> None:
    number, _, message = await said_earlier(office)
    await office.ann.pin(message)
    await office.ann.shortcut("muster_to_timeline", message)
    await office.ann.hears(f"That is in the timeline of #{number} already.")
    assert len(await office.notes(number)) == 1
