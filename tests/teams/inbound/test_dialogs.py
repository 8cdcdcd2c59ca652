"""Forms are dialogs; what is wrong is said in them; messages can be declared, noted, made tasks."""

import pytest

from bot.platforms.teams.extensions import DECLARE, EXTENSIONS, TO_TIMELINE
from tests.fakes.teams import spoken
from tests.fakes.teams.cards import inputs, words_of
from tests.teams.inbound.office import Office


async def opened_form(office: Office, command: str) -> None:
    """Typed in the own chat, pressed there, and open in front of Ann."""
    await office.ann.tell(command)
    said = await office.ann.hears("press to fill it in")
    shown = await office.ann.press("Open", said)
    assert shown.dialog is not None, shown


async def test_a_typed_verb_that_asks_is_a_press_and_a_dialog(office: Office) -> None:
    await opened_form(office, "declare")
    shown = await office.ann.submit({"title": "payments down"})
    assert "#1 is open" in shown.words
    assert (await office.incident(1)).title == "payments down"


async def test_what_is_wrong_is_said_in_the_dialog_and_what_was_right_stays(
    office: Office,
) -> None:
    number = await office.declared()
    await opened_form(office, f"note #{number}")
    shown = await office.ann.submit({"text": "disk is full", "at": "25:99"})
    assert shown.dialog is not None
    assert "25:99" in words_of(shown.dialog.card)
    given = {field["id"]: field.get("value") for field in inputs(shown.dialog.card)}
    assert given["text"] == "disk is full"
    assert await office.notes(number) == []
    shown = await office.ann.submit({"at": "08:30"})
    assert shown.dialog is None or "Noted" in shown.words
    (note,) = await office.notes(number)
    assert note.text == "disk is full"
    assert note.occurred_at.hour == 7, "eight in Copenhagen"


async def test_every_form_opens_in_a_dialog(office: Office) -> None:
    number = await office.declared()
    router = office.muster.inbox.router
    verbs = [command.verb for command in router.commands.values() if command.form is not None]
    assert len(verbs) >= 5
    data = {"msteams": {"type": "task/fetch"}}
    for verb in verbs:
        line = verb if verb == "declare" else f"{verb} #{number}"
        button = {"type": "Action.Submit", "title": "Go"}
        button |= {"data": {**data, "muster": {"command": line}}}
        card = {"type": "AdaptiveCard", "version": "1.5", "body": [], "actions": [button]}
        attached = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
        message = office.teams.post(
            office.ann.personal, office.teams.bot_id, {"type": "message", "attachments": [attached]}
        )
        shown = await office.ann.press("Go", message)
        assert shown.trouble == "", verb
        assert shown.dialog is not None or shown.words, verb
        assert "Something broke" not in shown.words, verb


async def test_a_button_with_words_behind_its_verb_opens_the_form_they_name(
    office: Office,
) -> None:
    number = await office.declared()
    await office.ann.tell(f"resolve #{number} fixed")
    await office.done()
    await office.ann.tell(f"postmortem #{number} draft")
    draft = await office.ann.hears(f"The postmortem of #{number} is drafted")
    shown = await office.ann.press("Edit summary", draft)
    assert shown.dialog is not None
    assert "summary" in shown.dialog.title.lower()


async def test_a_form_asked_for_in_a_channel_is_opened_from_the_own_chat(office: Office) -> None:
    number = await office.declared()
    root = await office.thread(number)
    await office.ben.mention("update", office.room, root)
    said = await office.ben.hears("press to fill it in")
    shown = await office.ben.press("Open", said)
    assert shown.dialog is not None
    assert office.teams.said_in(office.room) == [root]
    await office.ben.submit({"known": "the disk is full"})
    await office.done()
    updates = [e for e in await office.entries(number) if e.type == "update_posted"]
    assert [e.text for e in updates] == ["the disk is full"]


# actions on messages


async def test_a_message_is_declared(office: Office) -> None:
    said = await office.ben.say("checkout answers 500\nsince ten minutes", office.room)
    shown = await office.ann.extend(DECLARE, said)
    assert shown.dialog is not None
    given = {field["id"]: field.get("value") for field in inputs(shown.dialog.card)}
    assert given["title"] == "checkout answers 500"
    assert str(given["description"]).startswith("Ben Ito: checkout answers 500\nsince ten minutes")
    shown = await office.ann.submit()
    assert "#1 is open" in shown.words
    assert (await office.incident(1)).title == "checkout answers 500"


async def test_a_message_is_put_into_the_timeline_once(office: Office) -> None:
    number = await office.declared()
    root = await office.thread(number)
    said = await office.ben.say("disk <b>is</b> full", office.room, root)
    office.clock.forward(minutes=5)
    shown = await office.ann.extend(TO_TIMELINE, said)
    assert f"Noted in #{number}" in shown.words
    (note,) = await office.notes(number)
    assert note.text.startswith("Ben Ito: disk <b>is</b> full\nhttps://teams.microsoft.com/")
    assert note.occurred_at < note.recorded_at
    assert note.actor_id == "ann"


async def test_outside_a_room_it_is_asked_which_timeline(office: Office) -> None:
    number = await office.declared()
    said = await office.ben.say("disk is full", office.room)
    shown = await office.ann.extend(TO_TIMELINE, said)
    assert "Which incident?" in shown.words
    assert office.ann.dialog is not None
    shown = await office.ann.submit(press=f"#{number} payments down")
    assert f"Noted in #{number}" in shown.words
    assert [n.text.splitlines()[0] for n in await office.notes(number)] == ["Ben Ito: disk is full"]


async def test_every_action_of_the_manifest_is_understood(office: Office) -> None:
    number = await office.declared()
    root = await office.thread(number)
    said = await office.ben.say("restart the database", office.room, root)
    verbs = office.muster.inbox.router.commands
    offered = {id for id, one in EXTENSIONS.items() if one.command in verbs}
    assert offered >= {DECLARE, TO_TIMELINE}
    for id in offered:
        shown = await office.ann.extend(id, said)
        assert shown.trouble == ""
        assert "Something broke" not in shown.words
        office.ann.dialog = None


async def test_an_action_nobody_knows_is_not_implemented(office: Office) -> None:
    said = await office.ben.say("x", office.room)
    shown = await office.ann.extend("unheard-of", said)
    assert shown.ack.status == 501


@pytest.mark.parametrize("command", ["declare", "note #1"])
async def test_a_dialog_s_answer_is_nobody_else_s(office: Office, command: str) -> None:
    number = await office.declared()
    root = await office.thread(number)
    await opened_form(office, command)
    await office.ann.submit({"title": "x"} if command == "declare" else {"text": "secret"})
    await office.done()
    assert [spoken(m) for m in office.teams.said_in(office.room)] == [spoken(root)]
