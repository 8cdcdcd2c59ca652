"""What people type in Slack: `/incident`, `@Muster`, direct messages; answers are theirs alone."""

import pytest

from tests.fakes.slack.spoken import spoken
from tests.slack.office import Office, buttons


async def test_a_command_is_kept_acknowledged_and_answered_to_the_asker_alone(
    office: Office,
) -> None:
    shown = await office.ann.command("/incident declare payments down", office.general)
    assert shown.ack.ok
    await office.ann.hears("#1 is open as P2.")
    assert await office.kept() == [("ann", "declare payments down")]
    assert (await office.incident(1)).title == "payments down"
    assert office.general.top_level() == []
    assert office.ben.whispers == []


@pytest.mark.parametrize("line", ["/incident", "/inc"])
async def test_without_a_verb_there_are_buttons(http_office: Office, line: str) -> None:
    await http_office.ann.command(line, http_office.general)
    said = await http_office.ann.hears("What can I do?")
    assert buttons(said) == ["Declare an incident", "Open incidents", "Who is on call", "Help"]


async def test_words_with_payload_in_them_are_words(http_office: Office) -> None:
    await http_office.ann.command("/incident declare payload is broken", http_office.general)
    await http_office.ann.hears("#1 is open")
    assert (await http_office.incident(1)).title == "payload is broken"


async def test_what_is_no_command_can_be_declared_by_one_press(office: Office) -> None:
    await office.ann.command("/incident payments is down", office.general)
    said = await office.ann.hears("I don't know that command")
    await office.ann.press("Declare it", said)
    await office.done()
    assert (await office.incident(1)).title == "payments is down"


async def test_a_mention_in_a_thread_is_about_its_incident(office: Office) -> None:
    number = await office.declared()
    card = office.slack.workspace.post(office.general, office.slack.app.bot_user, "the card")
    await office.place(number, "card", channel=office.general.id, ts=card.ts)
    await office.ben.mention("ack", office.general, card)
    said = await office.ben.hears(f"You have #{number}.")
    assert (await office.incident(number)).acknowledged_by == "ben"
    assert said.thread_ts == card.ts
    assert office.general.thread(card.ts)[-1].user == office.ben.id, "nothing is said in public"


async def test_a_direct_message_is_a_command_and_so_is_its_answer_direct(office: Office) -> None:
    await office.ann.tell("declare payments down")
    await office.ann.reads("#1 is open", office.ann.direct)
    assert office.ann.whispers == []


async def test_in_a_room_the_number_may_be_left_out(office: Office) -> None:
    number = await office.declared()
    room = await office.room(number, office.ben)
    await office.ben.command("/incident note disk is full", room)
    await office.ben.hears(f"Noted in #{number}.")
    assert [note.text for note in await office.notes(number)] == ["disk is full"]


async def test_elsewhere_it_is_asked_which_incident_is_meant(office: Office) -> None:
    number = await office.declared()
    await office.ben.command("/incident note disk is full", office.general)
    said = await office.ben.hears("Which incident?")
    await office.ben.press(f"#{number} payments down", said)
    await office.done()
    assert [note.text for note in await office.notes(number)] == ["disk is full"]


async def test_people_are_meant_by_their_mention(office: Office) -> None:
    number = await office.declared()
    await office.ann.command(f"/incident assign #{number} <@{office.ben.id}|ben>", office.general)
    await office.done()
    assert (await office.incident(number)).assigned_to == "ben"


async def test_what_muster_or_another_bot_says_is_nobody_s_command(http_office: Office) -> None:
    slack = http_office.slack
    bot = slack.add_user("other", is_bot=True, bot_id="B0OTHER")
    mention = f"<@{slack.app.bot_user}> declare loop"
    for user, id in ((bot.id, "B0OTHER"), (slack.app.bot_user, slack.app.bot_id)):
        slack.workspace.post(http_office.general, user, mention, bot={"bot_id": id})
    await http_office.done()
    assert await http_office.kept() == []


async def test_a_channel_s_talk_is_not_kept(http_office: Office) -> None:
    room = await http_office.room(await http_office.declared(), http_office.ben)
    before = await http_office.kept()
    await http_office.ben.say("has anybody looked at the disk?", room)
    await http_office.done()
    assert await http_office.kept() == before


@pytest.mark.parametrize("way", ["/incident", "/inc", "@Muster"])
async def test_every_verb_and_alias_answers(http_office: Office, way: str) -> None:
    number = await http_office.declared()
    room = await http_office.room(number, http_office.ann)
    router = http_office.muster.inbox.router
    for verb in router.words:
        if way == "@Muster":
            await http_office.ann.mention(verb, room)
        else:
            await http_office.ann.command(f"{way} {verb}", room)
        await http_office.done()
        if http_office.ann.view:
            await http_office.ann.close()
        elif http_office.ann.whispers:
            assert "Something broke" not in spoken(http_office.ann.whispers[-1]), verb
    kept = [text for _, text in await http_office.kept()]
    assert set(router.words) <= set(kept)
    assert http_office.said_in(room) == [], "all of it to the asker alone"
