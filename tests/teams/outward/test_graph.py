"""Where Graph is granted and chosen: channels, group chats, and Muster installed for people."""

from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import format_datetime

import pytest

from bot.domain.incident import Visibility
from bot.domain.lifecycle import Action
from bot.platforms.teams.names import NAME, channel_name, numbered
from bot.ports.store import Lane
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.teams.faults import LOST_ANSWER, rate_limited
from tests.fakes.teams.state import Conversation, Kind
from tests.teams.outward.conftest import Hall, opened, read


def rooms(hall: Hall, number: int) -> list[Conversation]:
    return [r for r in hall.teams.conversations.values() if f"inc-{number}-" in f"{r.name}-"]


async def test_a_channel_is_opened_described_renamed_and_archived(granted: Hall) -> None:
    outpost = granted.outpost
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver_all(minutes=1)
    (room,) = rooms(granted, number)
    assert room.name == f"inc-{number}-p99-over-2-s"
    assert f"https://muster.example/incidents/{number}" in room.topic
    (card,) = granted.cards(number)
    assert card.conversation == room.id
    await outpost.incidents.note(number, "a detail", outpost.ask())
    await outpost.incidents.update(number, outpost.ask(), known="the cache is cold")
    await outpost.incidents.rename(number, "checkout is slow", outpost.ask())
    await outpost.deliver()
    assert any("a detail" in line for line in granted.thread(number))
    assert any("the cache is cold" in read(message) for message in room.roots())
    assert "checkout is slow" in room.topic

    async def archive(unit) -> None:  # type: ignore[no-untyped-def]
        outpost.announce.rooms.archive(unit.ledger, await unit.incident(number))

    await outpost.work(archive, lane=Lane.TIMERS)
    await outpost.deliver()
    assert room.is_archived
    assert await outpost.entries(number, "notification_failed") == []


async def test_a_channel_whose_creation_was_not_answered_is_found_again(granted: Hall) -> None:
    granted.teams.faults.add("graph.create_channel", LOST_ANSWER)
    number = await granted.outpost.opens("p99 over 2 s")
    await granted.outpost.deliver_all(minutes=2)
    assert len(rooms(granted, number)) == 1
    assert len(granted.cards(number)) == 1


async def test_a_channel_that_graph_does_not_show_yet_is_waited_for(granted: Hall) -> None:
    granted.teams.graph.lag = 2
    granted.teams.faults.add("graph.create_channel", LOST_ANSWER)
    number = await granted.outpost.opens("p99 over 2 s")
    await granted.outpost.deliver_all(minutes=5)
    assert len(rooms(granted, number)) == 1
    assert [card.conversation for card in granted.cards(number)] == [rooms(granted, number)[0].id]


@pytest.mark.parametrize("lag", [1, 2, 6, 9])
async def test_a_channel_that_is_made_and_not_there_yet_is_waited_for(
    granted: Hall, lag: int
) -> None:
    granted.teams.graph.lag = lag
    outpost = granted.outpost
    number = await outpost.opens("p99 over 2 s")
    await outpost.incidents.note(number, "a detail", outpost.ask())
    await outpost.deliver_all(minutes=5)
    (room,) = rooms(granted, number)
    assert [card.conversation for card in granted.cards(number)] == [room.id]
    assert f"https://muster.example/incidents/{number}" in room.topic
    assert any("a detail" in line for line in granted.thread(number))
    assert await outpost.entries(number, "notification_failed") == []


async def test_a_name_that_is_taken_gets_a_number(granted: Hall) -> None:
    team = next(iter(granted.teams.teams.values()))
    granted.teams.add_channel("inc-1-p99-over-2-s", team)
    number = await granted.outpost.opens("p99 over 2 s")
    await granted.outpost.deliver_all(minutes=1)
    assert [room.name for room in rooms(granted, number)][1:] == ["inc-1-p99-over-2-s-2"]


@pytest.mark.parametrize("form", ["seconds", "date", "nothing"])
async def test_while_graph_asks_us_to_wait_the_incident_is_handled_in_a_thread(
    granted: Hall, clock: FakeClock, form: str
) -> None:
    until = format_datetime(clock.wall() + timedelta(seconds=40), usegmt=True)
    wait = {"seconds": 40, "date": until, "nothing": None}[form]
    granted.teams.faults.add("graph.create_channel", rate_limited(wait))
    number = await granted.outpost.opens("p99 over 2 s")
    await granted.outpost.deliver()
    (card,) = granted.cards(number)
    assert card.conversation == granted.incidents.id
    await granted.outpost.deliver_all(minutes=2)
    (room,) = rooms(granted, number)
    assert [one.conversation for one in granted.cards(number)] == [room.id]
    assert "handled in a room of its own" in read(card)


async def test_without_the_permission_the_thread_is_the_room(granted: Hall) -> None:
    granted.teams.graph.granted.clear()
    number = await granted.outpost.opens("p99 over 2 s")
    await granted.outpost.deliver_all(minutes=1)
    (card,) = granted.cards(number)
    assert card.conversation == granted.incidents.id
    (failed,) = await granted.outpost.entries(number, "notification_failed")
    assert "a permission for Graph is missing" in failed.text


@pytest.fixture
async def chatting(sqlite_store: SqlStore, clock: FakeClock) -> AsyncIterator[Hall]:
    """Graph is granted; rooms are threads."""
    async with opened(sqlite_store, clock, graph=True) as one:
        yield one


@pytest.mark.parametrize("lag", [0, 4])
async def test_a_private_incident_is_a_group_chat_of_its_people(chatting: Hall, lag: int) -> None:
    """`lag`: it is not there at once."""
    chatting.teams.graph.lag = lag
    outpost = chatting.outpost
    number = await outpost.opens("stolen laptop", visibility=Visibility.PRIVATE)
    await outpost.incidents.assign(number, "ben", outpost.ask())
    await outpost.incidents.note(number, "it was Sam's", outpost.ask())
    await outpost.deliver_all(minutes=1)
    (chat,) = [r for r in chatting.teams.conversations.values() if r.kind is Kind.GROUP]
    assert set(chat.members) == {chatting.people["ann"].id, chatting.people["ben"].id}
    assert "stolen" not in chat.name
    assert any("it was Sam's" in read(message) for message in chat.roots())
    assert [card.conversation for card in chatting.cards(number)] == [chat.id]
    await outpost.incidents.assign(number, "cara", outpost.ask())
    await outpost.deliver_all(minutes=1)
    assert chatting.people["cara"].id in chat.members
    elsewhere = [read(m) for m in [*chatting.incidents.roots(), *chatting.others.roots()]]
    assert not any("stolen" in said or "Sam" in said for said in elsewhere)


async def test_muster_installs_itself_for_whoever_must_be_paged(chatting: Hall) -> None:
    ann = chatting.people["ann"].id
    chatting.teams.installed_for.discard(ann)
    await chatting.outpost.opens("p99 over 2 s")
    await chatting.outpost.deliver()
    assert ann in chatting.teams.installed_for
    assert len(chatting.direct("ann")) == 1
    assert chatting.outpost.sms.pages == []


def test_a_channels_name_is_within_teams_rules() -> None:
    assert channel_name("inc-{number}-{slug}", 7, 'a "b" c/d: 100% <at>') == "inc-7-a-b-c-d-100-at"
    assert len(channel_name("inc-{number}-{slug}", 7, "x" * 300)) == NAME
    assert channel_name("{slug}", 7, "///") == "inc-7"
    assert numbered("x" * NAME, 2).endswith("-2")
    assert len(numbered("x" * NAME, 12)) == NAME


async def test_an_archived_channel_is_opened_again_with_the_incident(granted: Hall) -> None:
    outpost = granted.outpost
    number = await outpost.opens("p99 over 2 s")
    await outpost.incidents.resolve(number, outpost.ask())
    await outpost.incidents.act(number, Action.CLOSE, outpost.ask())
    await outpost.deliver_all(minutes=1)
    (room,) = rooms(granted, number)

    async def archive(unit) -> None:  # type: ignore[no-untyped-def]
        outpost.announce.rooms.archive(unit.ledger, await unit.incident(number))

    await outpost.work(archive, lane=Lane.TIMERS)
    await outpost.deliver()
    assert room.is_archived
    await outpost.incidents.act(number, Action.REOPEN, outpost.ask())
    await outpost.deliver_all(minutes=1)
    assert not room.is_archived
    assert "In progress" in read(granted.cards(number)[0])
    assert await outpost.entries(number, "notification_failed") == []
