"""Who somebody is to Muster: by their id, their e-mail, as a member; or nobody at all."""

from typing import Any

import pytest

from bot.domain.people import Right
from bot.ports.queries import MUSTER
from tests.fakes.slack import Person
from tests.fakes.slack.faults import HANG, refuses
from tests.fakes.slack.spoken import spoken
from tests.slack.office import Office


async def declares(office: Office, who: Person) -> str:
    """What they are told when they try; all of it is theirs alone."""
    office.general.members.append(who.id)
    await who.mention("declare it burns --anyway", office.general)
    await office.done()
    return spoken(who.whispers[-1]) if who.whispers else ""


async def test_who_is_listed_by_id_is_not_asked_about(http_office: Office) -> None:
    await http_office.declared(by=http_office.ann)
    assert (await http_office.incident(1)).declared_by == "ann"
    assert not [call for call in http_office.slack.calls if call.method == "users.info"]


async def test_who_is_listed_by_e_mail_is_asked_about_once(http_office: Office) -> None:
    for _ in range(3):
        await http_office.declared(by=http_office.ben)
    assert (await http_office.incident(1)).declared_by == "ben"
    assert len([call for call in http_office.slack.calls if call.method == "users.info"]) == 1


async def test_a_member_who_is_not_listed_is_a_responder_with_a_name(office: Office) -> None:
    nia = office.slack.add_person("nia", real_name="Nia Newman", email="nia@else.example")
    await declares(office, nia)
    incident = await office.incident(1)
    assert incident.declared_by == "slack:U0NIA"
    person = office.muster.engine.rules.policies.people["slack:U0NIA"]
    assert (person.name, person.rights, person.zone) == (
        "Nia Newman",
        Right.RESPONDER,
        "Europe/Copenhagen",
    )
    await office.ann.command(f"/incident assign #1 <@{nia.id}>", office.general)
    await office.done()
    assert (await office.incident(1)).assigned_to == "slack:U0NIA"


async def test_an_e_mail_that_nobody_confirmed_makes_nobody_of_our_people(
    http_office: Office,
) -> None:
    eve = http_office.slack.add_person("eve", email="vic@example.com", email_confirmed=False)
    await declares(http_office, eve)
    assert (await http_office.incident(1)).declared_by == "slack:U0EVE"


async def test_a_member_is_met_by_being_mentioned(office: Office) -> None:
    nia = office.slack.add_person("nia", real_name="Nia Newman")
    number = await office.declared()
    await office.ann.command(f"/incident assign #{number} <@{nia.id}>", office.general)
    await office.done()
    assert (await office.incident(number)).assigned_to == "slack:U0NIA"


@pytest.mark.parametrize(
    "who",
    [
        {"is_guest": True},
        {"is_guest": True, "email": "ben@example.com"},
        {"is_bot": True},
        {"deleted": True},
        {"team_id": "T0OTHER"},
        {"team_id": "T0OTHER", "email": "ben@example.com"},
    ],
)
async def test_strangers_get_nothing_and_are_told_so_privately(
    office: Office, who: dict[str, Any]
) -> None:
    gus = office.slack.add_person("gus", **who)
    assert "I don't know you here" in await declares(office, gus)
    counts = await office.muster.queries.counts(MUSTER)
    assert dict(counts.by_status) == {}
    assert [
        m for m in office.general.messages.values() if m.user == office.slack.app.bot_user
    ] == []


async def test_strangers_see_nothing_of_an_incident(office: Office) -> None:
    number = await office.declared("the secret is out")
    gus = office.slack.add_person("gus", is_guest=True)
    room = await office.room(number, office.ann, gus)
    for line in ("list", f"status #{number}", "", "oncall"):
        await gus.mention(line, room)
    await gus.open_home()
    await office.done()
    seen = [spoken(whisper) for whisper in gus.whispers]
    assert len(seen) == 4
    assert not [words for words in seen if "secret" in words]
    assert gus.home is not None
    assert "secret" not in str(gus.home.blocks)
    message = await gus.say("pin me", room)
    await gus.pin(message)
    await office.done()
    assert await office.notes(number) == []
    assert len(gus.whispers) == 4, "who only pins is not talked to"


async def test_an_id_is_worth_nothing_in_another_workspace(office: Office) -> None:
    await office.ann.command("/incident", office.general)
    said = await office.ann.hears("What can I do?")
    office.ann.user.team_id = "T0OTHER"
    await office.ann.press("Open incidents", said)
    await office.done()
    assert "I don't know you here" in spoken(office.ann.whispers[-1])


async def test_a_member_who_became_a_guest_is_a_stranger_soon(office: Office) -> None:
    nia = office.slack.add_person("nia")
    assert "#1 is open" in await declares(office, nia)
    nia.user.is_guest = True
    office.clock.forward(minutes=11)
    await nia.mention("declare again --anyway", office.general)
    await office.done()
    assert "I don't know you here" in spoken(nia.whispers[-1])


async def test_a_viewer_by_e_mail_has_a_viewer_s_rights(http_office: Office) -> None:
    vic = http_office.slack.add_person("vic", email="Vic@Example.com")
    assert "needs the right responder" in await declares(http_office, vic)


async def test_while_slack_says_nothing_known_people_go_on(office: Office) -> None:
    await office.declared(by=office.ben)
    office.clock.forward(minutes=11)
    office.slack.faults.always["users.info"] = refuses("internal_error")
    number = await office.declared("again", by=office.ben)
    assert (await office.incident(number)).declared_by == "ben"


async def test_while_slack_says_nothing_unknown_people_are_asked_to_repeat(
    office: Office,
) -> None:
    office.slack.faults.always["users.info"] = HANG
    shown = await office.ben.command("/incident declare it burns", office.general)
    assert shown.ack.ok
    assert shown.ack.seconds < 3
    assert [whisper.text for whisper in shown.whispers] == ["Not recorded. Please repeat it."]
    assert await office.kept() == []
