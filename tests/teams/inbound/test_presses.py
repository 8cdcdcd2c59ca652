"""Buttons of cards: answered at once, by the card as it is now, and in private."""

from tests.fakes.teams import Message, Role, spoken
from tests.fakes.teams.cards import actions, words_of
from tests.fakes.teams.faults import broken
from tests.teams.inbound.office import Office


def labels(card: dict[str, object]) -> list[str]:
    return [one["title"] for one in actions(card) if one.get("title")]


async def test_a_press_brings_the_card_as_it_is_now(office: Office) -> None:
    number = await office.declared()
    root = await office.thread(number)
    shown = await office.ben.press("Acknowledge", root)
    assert shown.card is not None
    assert "Acknowledge" not in labels(shown.card)
    assert "Ben" in words_of(shown.card) or "ACKNOWLEDGED" in words_of(shown.card).upper()
    assert (await office.incident(number)).acknowledged_by == "ben"
    await office.ben.hears(f"You have #{number}.")
    assert office.teams.said_in(office.room) == [root]


async def test_who_has_no_chat_with_muster_sees_the_answer_alone(office: Office) -> None:
    number = await office.declared()
    root = await office.thread(number)
    office.teams.installed_for.discard(office.ben.id)
    shown = await office.ben.press("Acknowledge", root)
    assert shown.card is not None or f"#{number}" in shown.words
    await office.done()
    assert office.teams.said_in(office.room)[0] == root
    assert all(f"You have #{number}" not in spoken(m) for m in office.teams.said_in(office.room))


async def test_a_press_that_comes_twice_is_done_once(office: Office) -> None:
    number = await office.declared()
    await office.ben.press("Acknowledge", await office.thread(number))
    activity, first = office.teams.outward.sent[-1]
    before = len(await office.entries(number))
    again = await office.teams.outward.send(activity)
    assert again.status == 200
    assert len(await office.entries(number)) == before
    assert first.body["statusCode"] == again.body["statusCode"] == 200


async def test_a_stranger_s_press_does_nothing(office: Office) -> None:
    number = await office.declared()
    root = await office.thread(number)
    eve = office.teams.add_person("Eve", installed=False, role=Role.GUEST)
    office.teams.teams[office.room.team].members.append(eve.id)
    shown = await eve.press("Acknowledge", root)
    assert "don't know you" in shown.words
    assert (await office.incident(number)).acknowledged_by is None


async def test_in_their_own_chat_the_message_becomes_the_answer(office: Office) -> None:
    number = await office.declared()
    await office.ben.mention("note disk is full", office.room)
    asked = await office.ben.hears("Which incident?")
    shown = await office.ben.press(f"#{number} payments down", asked)
    assert f"Noted in #{number}" in shown.words
    await office.done()
    assert f"Noted in #{number}" in spoken(asked)
    assert len(asked.was) == 1


async def test_an_old_button_says_what_can_be_done_now(office: Office) -> None:
    number = await office.declared()
    root = await office.thread(number)
    await office.ann.tell(f"resolve #{number} fixed")
    await office.done()
    shown = await office.ben.press("Escalate", root)
    assert shown.trouble == ""
    await office.ben.hears("Reopen")
    assert (await office.incident(number)).status == "RESOLVED"


async def test_a_press_that_could_not_be_kept_is_not_lost_in_silence(office: Office) -> None:
    number = await office.declared()
    root = await office.thread(number)
    cara = office.teams.add_person("Cara")
    office.teams.teams[office.room.team].members.append(cara.id)
    office.teams.faults.always["member"] = broken(504)
    shown = await cara.press("Acknowledge", root)
    assert "Not recorded. Please repeat it." in shown.words
    assert (await office.incident(number)).acknowledged_by is None


async def test_an_old_escalate_asks_before_it_rings_one_level_more(office: Office) -> None:
    number = await office.declared()
    old = await office.thread(number)
    await office.ann.mention("escalate", office.room, old)
    await office.done()
    level = (await office.incident(number)).escalation_level
    await office.ben.press("Escalate", old)
    asked = await office.ben.hears("was escalated after you saw this button")
    assert (await office.incident(number)).escalation_level == level
    await office.ann.mention(f"escalate #{number}", office.room, old)
    await office.done()
    await office.ben.press("Escalate further", asked)
    await office.done()
    assert (await office.incident(number)).escalation_level == level + 1, "it was old by then too"


async def test_whoever_opens_the_chat_gets_their_own_card(office: Office) -> None:
    number = await office.declared()
    root = await office.thread(number)
    refresh(root, number, office.ben.id, office.ann.id)
    shown = await office.ben.looks_at(root)
    assert shown.card is not None
    assert "payments down" in words_of(shown.card)
    kept = len(await office.kept())
    await office.ben.looks_at(root)
    assert len(await office.kept()) == kept, "looking is nothing that is done"


async def test_a_private_incident_is_refreshed_for_its_members_alone(office: Office) -> None:
    await office.ann.tell('declare "payroll leaked" --private --anyway')
    await office.done()
    root = office.teams.post(office.room, office.teams.bot_id, {"type": "message", "text": "#1"})
    root.activity = {"type": "message", "attachments": [card_of(office, 1)]}
    shown = await office.ben.looks_at(root)
    assert "payroll" not in str(shown)
    assert "no such incident" in shown.trouble
    assert "payroll leaked" in words_of((await office.ann.looks_at(root)).card or {})


def refresh(root: Message, number: int, *users: str) -> None:
    data = {"muster": {"incident": number}}
    action = {"type": "Action.Execute", "verb": "muster:refresh", "data": data}
    root.card["refresh"] = {"action": action, "userIds": list(users)}


def card_of(office: Office, number: int) -> dict[str, object]:
    data = {"muster": {"incident": number}}
    action = {"type": "Action.Execute", "verb": "muster:refresh", "data": data}
    users = [office.ann.id, office.ben.id]
    card = {
        "type": "AdaptiveCard",
        "version": "1.5",
        "body": [{"type": "TextBlock", "text": f"#{number}"}],
        "refresh": {"action": action, "userIds": users},
    }
    return {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
