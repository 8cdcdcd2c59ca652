"""What people see when they look for themselves: the Home tab, and a catch-up when they join."""

from tests.fakes.policies import company
from tests.fakes.slack import Person
from tests.fakes.slack.faults import refuses
from tests.fakes.slack.spoken import spoken, words_of
from tests.slack.office import Office


def shown(who: Person) -> str:
    assert who.home is not None
    return words_of(who.home.blocks)


async def test_home_shows_what_is_open_what_is_theirs_and_who_is_on_call(office: Office) -> None:
    number = await office.declared()
    await office.declared("login slow")
    await office.ann.command(f"/incident assign #{number} @ben", office.general)
    await office.done()
    await office.ben.open_home()
    await office.done()
    words = shown(office.ben)
    for said in ("payments down", "login slow", "Yours", "Ann Olsen"):
        assert said in words
    await office.ann.open_home()
    await office.done()
    assert "Yours" not in shown(office.ann)


async def test_theirs_is_also_what_they_acknowledged_or_lead(office: Office) -> None:
    await office.declared()
    await office.declared("login slow")
    await office.ben.command("/incident ack #1", office.general)
    await office.ann.command("/incident role #2 lead", office.general)
    await office.done()
    for who, title in ((office.ben, "payments down"), (office.ann, "login slow")):
        await who.open_home()
        await office.done()
        _, theirs = shown(who).split("Yours")
        assert title in theirs
        assert theirs.count("#") == 2, "the line and its button, of one incident"


async def test_its_buttons_are_commands(office: Office) -> None:
    await office.ann.open_home()
    await office.done()
    await office.ann.press("Declare an incident", office.ann.home)
    await office.ann.sees("Declare an incident")
    await office.ann.submit({"title": "payments down"})
    await office.ann.reads("#1 is open", office.ann.direct)


async def test_a_private_incident_is_on_its_members_page_only(office: Office) -> None:
    await office.ann.command("/incident declare hush --private --anyway", office.general)
    await office.done()
    for who in (office.ann, office.slack.add_person("vic", email="vic@example.com")):
        await who.open_home()
        await office.done()
        assert ("hush" in shown(who)) is (who is office.ann)


async def test_nothing_is_kept_of_a_look_at_home(office: Office) -> None:
    await office.ann.open_home()
    await office.done()
    assert await office.kept() == []


async def test_a_home_that_slack_refuses_troubles_nobody(office: Office) -> None:
    office.slack.faults.add("views.publish", refuses("internal_error"))
    await office.ann.open_home()
    await office.done()
    await office.ann.open_home()
    await office.done()
    assert "Nothing is open" in shown(office.ann)


async def test_who_joins_the_room_is_told_privately_where_it_stands(office: Office) -> None:
    number = await office.declared()
    room = await office.room(number, office.ann)
    await office.ben.join(room)
    said = await office.ben.hears("payments down")
    assert said.channel == room.id
    assert office.said_in(room) == []


async def test_the_catch_up_says_what_one_needs_to_begin(office: Office) -> None:
    rules = office.muster.engine.rules
    call = {"fallback": True, "team": "payments", "call": "https://meet.example/payments"}
    routed = rules.policies.model_copy(update={"routes": company(routes={"default": call}).routes})
    rules.swap(routed)
    number = await office.declared()
    room = await office.room(number, office.ann)
    for line in (
        "role lead",
        'update we know --doing "we look" --next 30m',
        "task check the cache @ben",
        "task call the provider",
        "task done 2",
    ):
        await office.ann.command(f"/incident {line}", room)
    await office.done()
    await office.ben.join(room)
    said = spoken(await office.ben.hears("payments down"))
    for fact in (
        "State",
        "P1",
        "Ann Olsen",
        "https://meet.example/payments",
        "Last update",
        "we know",
        "Next update",
        "Open tasks: 1 of 2",
        "check the cache: Ben Ito",
    ):
        assert fact in said, fact


async def test_who_comes_back_within_twelve_hours_is_not_told_again(office: Office) -> None:
    room = await office.room(await office.declared(), office.ann)
    for hours, told in ((0, 1), (5, 1), (6, 1), (2, 2)):
        office.clock.forward(hours=hours)
        await office.ben.join(room)
        await office.done()
        assert len(office.ben.whispers) == told, hours
        await office.ben.leave(room)


async def test_who_joins_another_channel_is_told_nothing(office: Office) -> None:
    await office.declared()
    await office.ben.join(office.slack.add_channel("random", office.slack.app.bot_user))
    await office.done()
    assert office.ben.whispers == []
    assert len(await office.kept()) == 1


async def test_what_a_newcomer_may_not_see_they_are_not_told(office: Office) -> None:
    await office.ann.command("/incident declare hush --private --anyway", office.general)
    await office.done()
    room = await office.room(1, office.ann)
    await office.ben.join(room)
    await office.done()
    assert office.ben.whispers == []
