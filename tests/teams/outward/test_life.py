"""An incident's life in Teams, as far as Muster speaks."""

from bot.domain.effect import EffectKind
from bot.domain.incident import Visibility
from bot.domain.severity import Severity
from bot.platforms.teams.press import command_of
from bot.ports.channel import Job
from bot.ports.store import Lane
from tests.fakes.teams.cards import actions
from tests.fakes.teams.state import guid
from tests.teams.outward.conftest import Hall, read, shown


async def test_the_whole_life_of_an_incident(hall: Hall) -> None:
    outpost = hall.outpost
    number = await outpost.opens("p99 over 2 s", service="payments")
    await outpost.deliver_all(minutes=1)
    (card,) = hall.cards(number)
    assert card.conversation == hall.incidents.id
    assert [m.id for m in hall.incidents.roots()] == [card.id], "one post, which is the thread"
    (mention,) = card.card["msteams"]["entities"]
    assert mention["mentioned"] == {"id": guid("ann"), "name": "Ann Olsen"}
    assert "<at>Ann Olsen</at>" in shown(card)
    (page,) = hall.direct("ann")
    assert read(page).splitlines()[0] == f"🟠 P1 payments: p99 over 2 s #{number}"
    assert page.activity["channelData"]["notification"]["alert"] is True
    (announced,) = hall.others.roots()
    (leads,) = [a for a in actions(announced.card) if a["title"] == "Open the room"]
    assert card.id in leads["url"]

    ben = outpost.ask("ben")
    await outpost.incidents.ack(number, ben)
    await outpost.deliver()
    assert "State: New Acknowledged" in read(card)
    await outpost.incidents.note(number, "<at>Ann Olsen</at> restarted it", ben)
    await outpost.incidents.update(number, ben, known="the cache is cold")
    await outpost.incidents.rename(number, "checkout is slow", ben)
    await outpost.incidents.resolve(number, ben)
    await outpost.deliver_all(minutes=1)
    assert [m.id for m in hall.cards(number)] == [card.id]
    said = hall.thread(number)
    assert any("Ben Ito: <at>Ann Olsen</at> restarted it" in line for line in said)
    assert sum("the cache is cold" in line for line in said) == 1
    assert "checkout is slow" in read(card)
    assert "Resolved" in read(announced)
    assert await outpost.entries(number, "notification_failed") == []


async def test_buttons_do_what_they_say_and_ask_where_something_is_to_be_asked(hall: Hall) -> None:
    number = await hall.outpost.opens("p99 over 2 s")
    await hall.outpost.deliver()
    (card,) = hall.cards(number)
    made = {command_of(a["data"]): a["type"] for a in actions(card.card) if "data" in a}
    assert made[f"ack #{number}"] == "Action.Execute"
    assert made[f"resolve #{number}"] == "Action.Submit"
    refresh = card.card["refresh"]["action"]["data"]
    assert refresh["muster"]["incident"] == number


async def test_who_comes_later_is_called_under_the_card_once(hall: Hall) -> None:
    outpost = hall.outpost
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver()
    assert not any("You are wanted" in line for line in hall.thread(number)), "Ann was called above"
    await outpost.incidents.assign(number, "cara", outpost.ask())
    await outpost.deliver()
    (call,) = [m for m in hall.said() if "You are wanted" in read(m)]
    assert call.thread == hall.cards(number)[0].id
    (mention,) = call.card["msteams"]["entities"]
    assert mention["mentioned"]["id"] == hall.people["cara"].aad, "she is found by her address"


async def test_an_incident_that_is_not_loud_is_a_thread_too(hall: Hall) -> None:
    number = await hall.outpost.opens("disk fills up", "P3")
    await hall.outpost.incidents.note(number, "look here", hall.outpost.ask())
    await hall.outpost.deliver()
    (card,) = hall.cards(number)
    assert card.conversation == hall.incidents.id
    assert any("look here" in line for line in hall.thread(number))
    assert hall.others.roots() == []


async def test_a_card_that_somebody_deleted_is_posted_anew_once(hall: Hall) -> None:
    outpost = hall.outpost
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver()
    (card,) = hall.cards(number)
    card.deleted = True
    await outpost.incidents.ack(number, outpost.ask())
    await outpost.incidents.resolve(number, outpost.ask())
    await outpost.deliver_all(minutes=1)
    (anew,) = hall.cards(number)
    assert anew.id != card.id
    assert "Resolved" in read(anew)
    await outpost.incidents.note(number, "afterwards", outpost.ask())
    await outpost.deliver()
    assert any("afterwards" in line for line in hall.thread(number))


async def test_a_private_incident_without_graph_is_a_number_only(hall: Hall) -> None:
    outpost = hall.outpost
    number = await outpost.opens("stolen laptop", visibility=Visibility.PRIVATE)
    await outpost.incidents.note(number, "it was Sam's", outpost.ask())
    await outpost.deliver_all(minutes=1)
    everywhere = [read(m) for room in (hall.incidents, hall.others) for m in room.roots()]
    assert everywhere
    assert not any("stolen" in said or "Sam" in said for said in everywhere)


async def test_whoever_has_no_muster_is_told_by_another_way_at_once(hall: Hall) -> None:
    hall.teams.installed_for.discard(hall.people["ann"].id)
    number = await hall.outpost.opens("p99 over 2 s")
    await hall.outpost.deliver()
    assert [who for who, _ in hall.outpost.sms.pages] == ["ann"]
    (failed,) = await hall.outpost.entries(number, "notification_failed")
    assert "not installed for Ann Olsen" in failed.text


async def test_whoever_removed_muster_and_took_it_again_is_paged_again(hall: Hall) -> None:
    first = await hall.outpost.opens("one")
    await hall.outpost.deliver()
    await hall.outpost.incidents.ack(first, hall.outpost.ask())
    ann = hall.people["ann"].id
    hall.teams.installed_for.discard(ann)
    second = await hall.outpost.opens("two")
    await hall.outpost.deliver_all(minutes=2)
    assert [line for _, line in hall.outpost.sms.pages if f"#{second}" in line]
    hall.teams.install_for(ann)
    third = await hall.outpost.opens("three")
    await hall.outpost.deliver_all(minutes=2)
    paged = [read(message) for message in hall.direct("ann")]
    assert any(f"#{first}" in said for said in paged)
    assert any(f"#{third}" in said for said in paged)


async def test_a_room_that_was_a_thread_stays_where_it_is(hall: Hall) -> None:
    """The button that turns a thread into a room: in Teams it is one already."""
    outpost = hall.outpost
    number = await outpost.opens("p99 over 2 s", "P3")
    await outpost.deliver()
    (card,) = hall.cards(number)
    await outpost.incidents.severity(number, Severity.P1, outpost.ask(), text="worse")
    await outpost.deliver_all(minutes=1)
    assert [m.id for m in hall.cards(number)] == [card.id]
    assert "P1" in read(card)


async def test_archiving_a_thread_asks_nothing_of_teams(hall: Hall) -> None:
    number = await hall.outpost.opens("p99 over 2 s")
    await hall.outpost.deliver()

    async def do(unit) -> None:  # type: ignore[no-untyped-def]
        hall.outpost.announce.rooms.archive(unit.ledger, await unit.incident(number))

    await hall.outpost.work(do, lane=Lane.TIMERS)
    await hall.outpost.deliver()
    assert await hall.outpost.states(kind="ArchiveRoom") == []
    assert not hall.incidents.is_archived


async def test_a_file_is_a_message_with_its_beginning_and_a_link(hall: Hall) -> None:
    number = await hall.outpost.opens("p99 over 2 s")
    await hall.outpost.deliver()
    (card,) = hall.cards(number)
    for page in ("", "postmortem"):
        text = "# <at>Ann Olsen</at>\n" + "what happened\n" * 9_000
        await hall.platform.perform(
            Job(
                key=f"file:{page}",
                kind=EffectKind.UPLOAD,
                incident=number,
                payload={"name": "inc-1.md", "title": "Draft", "text": text, "page": page},
                places={"card": {"channel": card.conversation, "ts": card.id}},
                facts={"incident": {"url": "https://muster.example/incidents/1"}},
            )
        )
        said = hall.said()[-1]
        assert said.thread == card.id
        assert "Draft" in shown(said)
        assert "what happened" in shown(said)
        assert said.card["msteams"]["entities"] == []
        (leads,) = (a["url"] for a in actions(said.card) if a["title"] == "Open")
        assert leads == "https://muster.example/incidents/1" + (f"/{page}" if page else "")
