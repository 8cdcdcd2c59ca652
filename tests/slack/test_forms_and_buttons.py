"""What opens, is filled in and pressed: every form, every button, in Slack's own answers."""

import pytest

from bot.domain.lifecycle import State
from bot.ports.queries import MUSTER
from tests.fakes.slack.faults import refuses
from tests.fakes.slack.spoken import spoken
from tests.slack.office import Office, buttons


async def test_a_declaration_is_a_form_that_says_what_is_wrong_with_it(office: Office) -> None:
    shown = await office.ann.command("/incident declare", office.general)
    assert shown.ack.body == ""
    await office.ann.sees("Declare an incident")

    shown = await office.ann.submit({"title": "payments down", "since": "soon"})
    assert list(shown.errors) == ["since"]
    assert office.ann.view is not None, "what was typed is not lost"

    shown = await office.ann.submit({"title": "payments down", "since": "20m", "severity": "P0"})
    assert (shown.errors, shown.trouble, office.ann.view) == ({}, "", None)
    said = await office.ann.hears("#1 is open as P0.")
    assert said.channel == office.general.id
    assert (await office.incident(1)).severity == "P0"


async def test_the_same_form_sent_twice_declares_once(office: Office) -> None:
    await office.ann.command("/incident declare", office.general)
    await office.ann.sees("Declare an incident")
    await office.ann.submit({"title": "payments down"})
    await office.slack.post.send(office.slack.post.sent[-1][0])
    await office.done()
    page = await office.muster.queries.counts(MUSTER)
    assert sum(page.by_status.values()) == 1


@pytest.mark.parametrize(
    ("verb", "title"),
    [
        ("update", "Update of #1"),
        ("role", "Roles"),
        ("severity", "Severity"),
        ("resolve", "Resolve #1"),
        ("note", "Note for #1"),
        ("task", "Task for #1"),
    ],
)
async def test_every_form_opens(http_office: Office, verb: str, title: str) -> None:
    number = await http_office.declared()
    room = await http_office.room(number, http_office.ann)
    await http_office.ann.command(f"/incident {verb}", room)
    view = await http_office.ann.sees("muster:form")
    assert view.title == title[:24]


async def test_alerts_are_silenced_by_a_form_from_anywhere(http_office: Office) -> None:
    await http_office.ann.command("/incident silence", http_office.general)
    await http_office.ann.sees("Silence alerts")
    await http_office.ann.submit({"matchers": 'service="payments"', "length": "1h"})
    await http_office.done()
    assert "payments" in spoken(http_office.ann.whispers[-1])


async def test_in_a_thread_a_form_opens_by_a_press(office: Office) -> None:
    number = await office.declared()
    room = await office.room(number, office.ann)
    root = await office.ann.say("something is off", room)
    await office.ann.mention("update", room, root)
    said = await office.ann.hears("press to fill it in")
    await office.ann.press("Open", said)
    await office.ann.sees("muster:form")
    await office.ann.submit({"known": "the disk is full"})
    await office.done()
    assert "update_posted" in await office.types(number)


@pytest.mark.parametrize("code", ["expired_trigger_id", "trigger_expired", "exchanged_trigger_id"])
async def test_a_trigger_that_has_expired_offers_to_press_again(
    http_office: Office, code: str
) -> None:
    http_office.slack.faults.add("views.open", refuses(code))
    await http_office.ann.command("/incident declare", http_office.general)
    said = await http_office.ann.hears("press to fill it in")
    await http_office.ann.press("Open", said)
    await http_office.ann.sees("Declare an incident")


async def test_an_old_button_is_judged_by_what_is_so_now(office: Office) -> None:
    number = await office.declared()
    await office.ben.command(f"/incident status #{number}", office.general)
    card = await office.ben.hears("Acknowledge")
    await office.ann.command(f"/incident resolve #{number} fixed", office.general)
    await office.done()
    assert "Acknowledge" in buttons(card)
    await office.ben.press("Acknowledge", card)
    await office.done()
    assert (await office.incident(number)).status is State.RESOLVED
    assert "resolved already" in spoken(office.ben.whispers[-1])


async def test_an_act_that_is_not_allowed_now_names_what_is(office: Office) -> None:
    number = await office.declared()
    await office.ann.command(f"/incident resolve #{number} fixed", office.general)
    await office.ann.command(f"/incident escalate #{number}", office.general)
    await office.done()
    assert set(buttons(office.ann.whispers[-1])) == {"Reopen", "Close"}
    assert (await office.incident(number)).status is State.RESOLVED


async def test_an_old_escalate_asks_before_it_rings_one_level_more(office: Office) -> None:
    number = await office.declared()
    room = await office.room(number, office.ann, office.ben)
    await office.ben.command("/incident", room)
    old = await office.ben.hears("what now?")
    await office.ann.command("/incident escalate", room)
    await office.done()
    level = (await office.incident(number)).escalation_level
    await office.ben.press("Escalate", old)
    asked = await office.ben.hears("was escalated after you saw this button")
    assert (await office.incident(number)).escalation_level == level
    await office.ben.press("Escalate further", asked)
    await office.done()
    assert (await office.incident(number)).escalation_level == level + 1


async def test_what_else_happened_since_does_not_keep_a_button_from_working(
    office: Office,
) -> None:
    number = await office.declared()
    room = await office.room(number, office.ann, office.ben)
    await office.ben.command("/incident", room)
    old = await office.ben.hears("what now?")
    await office.ann.command("/incident note disk is full", room)
    await office.done()
    await office.ben.press("Escalate", old)
    await office.done()
    assert (await office.incident(number)).status is State.ESCALATED


async def test_a_picker_gives_way_to_its_answer(office: Office) -> None:
    number = await office.declared()
    await office.ann.command("/incident ack", office.general)
    picker = await office.ann.hears("Which incident?")
    await office.ann.press(f"#{number} payments down", picker)
    await office.ann.hears(f"You have #{number}.")
    assert not [w for w in office.ann.whispers if "Which incident?" in spoken(w)]


async def test_where_muster_may_not_speak_the_answer_is_a_direct_message(office: Office) -> None:
    quiet = office.slack.add_channel("quiet", office.ann.id, private=True)
    office.slack.faults.always["chat.postEphemeral"] = refuses("user_not_in_channel")
    await office.ann.shortcut("muster_declare")
    await office.ann.sees("Declare an incident")
    await office.ann.submit({"title": "payments down"})
    await office.ann.reads("#1 is open", office.ann.direct)
    assert quiet.top_level() == []


async def test_an_incident_can_be_declared_from_a_message(office: Office) -> None:
    message = await office.ben.say("the site is down\nsince an hour", office.general)
    await office.ann.shortcut("muster_declare_here", message)
    await office.ann.sees("Declare an incident")
    await office.ann.submit({})
    await office.ann.hears("#1 is open")
    incident = await office.incident(1)
    assert incident.title == "the site is down"
    assert incident.description.startswith("Ben Ito: the site is down")
    assert office.slack.workspace.permalink(message) in incident.description
