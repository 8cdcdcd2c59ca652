"""What people write to Muster in Teams."""

import pytest

from handlers.jobs import JOBS
from handlers.registry import resolve
from storage.hold import set_hold
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.policies import PEOPLE, company
from tests.fakes.teams import Role, Teams, activities, spoken
from tests.fakes.teams.faults import broken
from tests.fakes.teams.state import THREAD, guid
from tests.teams.inbound.office import Office, opened
from tests.teams.test_render import of_type


async def test_a_bare_verb_in_the_chat_with_muster(office: Office) -> None:
    await office.ann.tell("declare payments down")
    await office.ann.hears("#1 is open")
    assert (await office.incident(1)).title == "payments down"


async def test_a_page_of_ours_is_linked_by_its_whole_address(office: Office) -> None:
    await office.ann.tell("declare payments down")
    said = await office.ann.hears("Go to its room")
    room = f"{office.muster.settings.public_url.rstrip('/')}/incidents/1"
    (card,) = said.cards
    assert [one["url"] for one in of_type(card, "Action.OpenUrl")] == [room]
    assert "](/" not in spoken(said)


async def test_a_mention_in_a_channel_is_answered_in_private(office: Office) -> None:
    number = await office.declared()
    await office.ben.mention(f"ack #{number}", office.room)
    await office.ben.hears(f"You have #{number}.")
    assert (await office.incident(number)).acknowledged_by == "ben"
    assert office.teams.said_in(office.room) == []


async def test_in_its_thread_the_number_may_be_left_out(office: Office) -> None:
    number = await office.declared()
    root = await office.thread(number)
    await office.ben.mention("note disk is full", office.room, root)
    await office.ben.hears(f"Noted in #{number}.")
    assert [note.text for note in await office.notes(number)] == ["disk is full"]


async def test_in_a_group_chat(office: Office) -> None:
    number = await office.declared()
    chat = office.teams.add_chat("war room", office.ann.user, office.ben.user)
    await office.ben.mention(f"ack #{number}", chat)
    await office.ben.hears(f"You have #{number}.")
    assert office.teams.said_in(chat) == []


async def test_people_are_meant_by_their_mention(office: Office) -> None:
    number = await office.declared()
    who = office.ben.user
    text = f"assign #{number} <at>{who.name}</at>"
    await office.ann.mention(text, office.room, None, who)
    await office.done()
    assert (await office.incident(number)).assigned_to == "ben"


async def test_elsewhere_it_is_asked_which_incident_is_meant(office: Office) -> None:
    number = await office.declared()
    await office.ben.mention("note disk is full", office.room)
    said = await office.ben.hears("Which incident?")
    await office.ben.press(f"#{number} payments down", said)
    await office.done()
    assert [note.text for note in await office.notes(number)] == ["disk is full"]


async def test_what_is_sent_twice_is_done_once(office: Office) -> None:
    number = await office.declared()
    await office.ben.mention(f"note #{number} disk is full", office.room)
    activity, _ = office.teams.outward.sent[-1]
    await office.teams.outward.send(activity)
    await office.done()
    assert len(await office.notes(number)) == 1
    said = [m for m in office.ben.hearing if "Noted" in spoken(m)]
    assert len(said) == 1


async def test_other_bots_and_bare_talk_are_nobody_s_commands(office: Office) -> None:
    before = await office.kept()
    office.teams.rsc.add("ChannelMessage.Read.Group")
    bot = office.teams.add_person("other", id="28:other")
    await office.ann.say("has anybody looked at the disk?", office.room)
    await bot.mention("declare loop", office.room)
    await office.done()
    assert await office.kept() == before


@pytest.mark.parametrize("about", [{"role": Role.GUEST}, {"tenant": "another"}])
async def test_guests_and_outsiders_have_no_rights(
    office: Office, about: dict[str, object]
) -> None:
    eve = office.teams.add_person("Eve", email="eve@other.example", **about)
    await eve.tell("declare payments down")
    await eve.hears("I don't know you here")
    assert office.muster.newcomers.right  # members would have been welcome
    assert [who for who, _ in await office.kept()] == [f"teams:{eve.user.aad}"]


async def test_a_member_who_is_not_listed_gets_the_default_right(office: Office) -> None:
    cara = office.teams.add_person("Cara", email="cara@example.com")
    await cara.tell("declare payments down")
    await cara.hears("#1 is open")
    assert (await office.incident(1)).declared_by == f"teams:{cara.user.aad}"


async def test_while_teams_does_not_say_who_somebody_is_nothing_is_done(office: Office) -> None:
    office.teams.faults.always["member"] = broken(502)
    cara = office.teams.add_person("Cara")
    await cara.tell("declare payments down")
    assert office.teams.troubles == [("message", 503)]
    assert await office.kept() == []
    office.teams.faults.clear()
    await office.teams.outward.send(office.teams.outward.sent[-1][0])
    await cara.hears("#1 is open")


async def test_the_place_of_a_command_is_kept_with_it(office: Office) -> None:
    number = await office.declared()
    root = await office.thread(number)
    await office.ben.mention("ack", office.room, root)
    await office.done()
    taken = (await office.entries(number))[-1]
    assert taken.origin["platform"] == "teams"
    assert taken.origin["room"] == f"{office.room.id}{THREAD}{root.id}"
    assert taken.origin["user"] == office.ben.user.aad


async def test_oncall_names_who_cannot_be_paged_here(
    teams: Teams, sqlite_store: SqlStore, clock: FakeClock
) -> None:
    ways = {"contact": [{"channel": "teams"}, {"channel": "web", "after": "60s"}]}
    known = {"ann": {"teams": guid("ann")}, "ben": {"email": "ben@example.com"}}
    listed = {id: {**one, **known.get(id, {}), **ways} for id, one in PEOPLE.items()}
    policies = company(people={id: {**one, "phone": "+4512345678"} for id, one in listed.items()})
    async with opened(teams, sqlite_store, clock, policies=policies, delivers=True) as office:
        teams.installed_for.discard(office.ben.id)
        await office.ann.tell("oncall")
        said = spoken(await office.ann.hears("On call"))
        assert "Ben Ito cannot be paged by teams: Muster is not installed for Ben Ito" in said
        assert "The next way is taken at once." in said
        assert "Ann Olsen cannot" not in said
        teams.installed_for.add(office.ben.id)
        await office.ann.tell("oncall payments")
        await office.done()
        assert "cannot be paged" not in spoken(office.ann.hearing[-1])


async def test_muster_is_installed_for_everybody_in_a_schedule_before_they_are_paged(
    teams: Teams, sqlite_store: SqlStore, clock: FakeClock
) -> None:
    ways = {"contact": [{"channel": "teams"}, {"channel": "web", "after": "60s"}]}
    known = {"ann": {"teams": guid("ann")}, "ben": {"email": "ben@example.com"}}
    listed = {id: {**one, **known.get(id, {}), **ways} for id, one in PEOPLE.items()}
    granted = {
        "MUSTER_TEAMS__GRAPH": "true",
        "MUSTER_TEAMS__CATALOG_APP_ID": teams.graph.catalog,
    }
    async with opened(
        teams, sqlite_store, clock, policies=company(people=listed), delivers=True, more=granted
    ) as office:
        people = {office.ann.id, office.ben.id}
        teams.installed_for -= people
        job = resolve(JOBS["reach"])
        await set_hold(office.muster.store, on=True)
        clock.forward(seconds=2)
        await job.run(office.muster)
        assert not teams.installed_for & people, "on hold nothing goes out"
        await set_hold(office.muster.store, on=False)
        clock.forward(seconds=2)
        await job.run(office.muster)
        assert people <= teams.installed_for
        calls = len(teams.calls)
        await job.run(office.muster)
        assert len(teams.calls) == calls, "who was asked about lately is not asked about again"
        assert office.ann.hearing == office.ben.hearing == [], "and nobody is told a word"


@pytest.mark.parametrize(
    "text",
    [
        "<at>Muster</at> ack",
        "<at>Muster</at>&nbsp;ack",
        "<at>Muster</at>\u00a0ack\n",
        '<at id="0">Muster</at> ack',
        "<AT>Muster</AT> ack",
        "<p><at>Muster</at>&nbsp;ack</p>",
        '<div><div><at id="0">Muster</at>&nbsp;ack&nbsp;</div>\n</div>',
        "<p>&nbsp;</p><p><at>Muster</at></p><p>ack</p>",
        "<at>Muster</at><br>ack",
        "ack <at>Muster</at>",
        "  <at>Muster</at>   ACK  ",
        "\u200b<at>Muster</at>\u200b ack",
    ],
)
async def test_however_teams_writes_it_it_is_the_same_command(office: Office, text: str) -> None:
    number = await office.declared()
    root = await office.thread(number)
    said = office.teams.post(office.room, office.ben.id, {"type": "message"}, thread=root.id)
    made = activities.message(office.teams, said, office.ben.user, office.room)
    made |= {"text": text, "entities": [office.teams.mention_of_bot()]}
    assert (await office.teams.outward.send(made)).status == 200
    await office.done()
    assert (await office.incident(number)).acknowledged_by == "ben"


@pytest.mark.parametrize("text", ["<p>list</p>", "list&nbsp;", "<div>list</div>\r\n", "\u200blist"])
async def test_so_it_is_in_the_chat_with_muster(office: Office, text: str) -> None:
    await office.declared()
    await office.ann.tell(text)
    await office.ann.hears("payments down")


async def test_what_looks_like_markup_and_is_none_stays(office: Office) -> None:
    number = await office.declared()
    await office.ann.tell(f"note #{number} if a &lt;b&gt; c &amp;&amp; x &lt; 3 then <b>go</b>")
    await office.done()
    (note,) = await office.notes(number)
    assert note.text == "if a <b> c && x < 3 then <b>go</b>"
