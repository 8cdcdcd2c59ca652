"""People talk in Slack, others in Teams, about one incident: where the route mirrors it, each reads
the others, once, and by whom."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from bot.domain.entry import Entry
from bot.platforms.slack.manifest import manifest
from bot.ports.queries import MUSTER, IncidentFilter
from config.sections import Retention
from handlers.commands import COMMANDS
from storage.prune import prune
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.slack import Channel
from tests.fakes.slack import Message as SlackMessage
from tests.fakes.slack.spoken import spoken as in_slack
from tests.fakes.teams import Message, spoken
from tests.fakes.teams.faults import RESET
from tests.parity.house import House, opened

TOLD = {"message.channels", "message.groups"}
RSC = "ChannelMessage.Read.Group"
ROUTE = {"fallback": True, "team": "payments", "platform": "slack", "bridge": ["teams"]}


@dataclass
class Talk:
    """One incident with a room on each side: a channel in Slack, a thread in Teams."""

    house: House
    number: int
    room: Channel
    thread: Message

    def slack(self) -> list[str]:
        """What Muster says in Slack's room, the card left out."""
        return [in_slack(m) for m in self._of_muster()[1:]]

    def teams(self) -> list[str]:
        """What Muster says in the thread, the card left out."""
        said = self.house.teams.said_in(self.house.rooms.incidents)
        return [spoken(m) for m in said if m.id != self.thread.id]

    def times(self, words: str) -> tuple[int, int]:
        return (
            sum(words in line for line in self.slack()),
            sum(words in line for line in self.teams()),
        )

    def _of_muster(self) -> list[SlackMessage]:
        bot = self.house.slack.app.bot_user
        said = self.room.messages.values()
        return [m for m in said if m.user == bot and not m.subtype]

    async def kept(self) -> list[Entry]:
        entries = await self.house.muster.queries.entries(self.number, MUSTER)
        return [entry for entry in entries if entry.type == "said"]

    async def settles(self) -> None:
        """Everything is heard, carried out and said."""
        await self.house.done()
        await self.house.delivered()


@asynccontextmanager
async def talking(store: SqlStore, clock: FakeClock, **route: Any) -> AsyncIterator[Talk]:
    routes = {"default": {**ROUTE, **route}}
    async with opened(store, clock, delivers=True, routes=routes) as house:
        house.teams.rsc.add(RSC)
        made = manifest(list(COMMANDS), "https://muster.example")
        house.slack.app.events = set(made["settings"]["event_subscriptions"]["bot_events"])
        await house.say("web", "declare checkout is slow --severity P1 --anyway")
        page = await house.muster.queries.incidents(IncidentFilter(), MUSTER)
        number = page.items[0].number
        await house.delivered()
        room = _room(house, number)
        assert room is not None
        (thread, *_) = house.teams.said_in(house.rooms.incidents)
        if house.in_slack.id not in room.members:
            await house.in_slack.join(room)
        talk = Talk(house, number, room, thread)
        await talk.settles()
        yield talk


def _room(house: House, number: int) -> Channel | None:
    found = house.slack.workspace.channels.values()
    return next((c for c in found if f"inc-{number}-" in f"{c.name}-"), None)


@pytest.fixture
async def talk(sqlite_store: SqlStore, clock: FakeClock) -> AsyncIterator[Talk]:
    async with talking(sqlite_store, clock, mirror=True) as talk:
        yield talk


async def test_what_is_said_here_is_read_there_once_and_by_whom(talk: Talk) -> None:
    house = talk.house
    await house.in_slack.say("is it the cache?", talk.room)
    await house.in_teams.say("it is the disk", house.rooms.incidents, talk.thread)
    await talk.settles()
    assert talk.times("Ann Olsen (Slack): is it the cache?") == (0, 1)
    assert talk.times("Ann Olsen (Teams): it is the disk") == (1, 0)
    assert [(e.text, e.origin["platform"]) for e in await talk.kept()] == [
        ("is it the cache?", "slack"),
        ("it is the disk", "teams"),
    ], "what Muster says for others is not heard again"
    await talk.settles()
    assert len(await talk.kept()) == 2


async def test_the_room_is_told_of_it(talk: Talk) -> None:
    told = "is kept in its timeline for 90 days, and shown in its rooms on other platforms"
    assert told in spoken(talk.thread)
    assert told in in_slack(talk._of_muster()[0])


async def test_an_edit_and_a_deletion_are_followed_in_place(talk: Talk) -> None:
    house = talk.house
    first = await house.in_slack.say("the password is hunter2", talk.room)
    second = await house.in_teams.say("it is the disc", house.rooms.incidents, talk.thread)
    await talk.settles()
    await house.in_slack.delete(first)
    await house.in_teams.edit(second, "it is the disk")
    await talk.settles()
    assert talk.times("hunter2") == (0, 0)
    assert talk.times("taken away by its author") == (0, 1)
    assert talk.times("it is the disc") == (0, 0)
    assert talk.times("Ann Olsen (Teams, edited): it is the disk") == (1, 0)
    await house.in_teams.edit(second, "it is disk 7")
    await talk.settles()
    assert talk.times("it is disk 7") == (1, 0)
    assert talk.times("it is the disk") == (0, 0)


async def test_commands_and_what_muster_says_are_mirrored_by_nobody(talk: Talk) -> None:
    house = talk.house
    await house.in_slack.mention("note the cache is cold", talk.room)
    await house.in_teams.mention("ack", house.rooms.incidents, talk.thread)
    await talk.settles()
    assert await talk.kept() == []
    assert talk.times("the cache is cold") == (1, 1), "a note is said in every room, as ever"
    assert talk.times("Ann Olsen has it.") == (1, 1)


async def test_an_edit_of_what_was_said_before_anybody_listened_begins_nothing(talk: Talk) -> None:
    house = talk.house
    house.slack.app.events -= TOLD
    said = await house.in_slack.say("is it the cache?", talk.room)
    house.slack.app.events |= TOLD
    await house.in_slack.edit(said, "is it the disk?")
    await talk.settles()
    assert await talk.kept() == []


async def test_while_one_side_is_dark_nothing_is_lost_and_nothing_doubled(talk: Talk) -> None:
    house = talk.house
    house.teams.faults.everything = RESET
    for n in range(3):
        await house.in_slack.say(f"line {n}", talk.room)
    await talk.settles()
    house.teams.faults.everything = None
    for _ in range(12):
        house.clock.forward(minutes=1)
        await talk.settles()
    assert [talk.times(f"line {n}") for n in range(3)] == [(0, 1)] * 3


async def test_talk_moves_no_card_and_keeps_no_button_from_working(talk: Talk) -> None:
    house = talk.house
    before = len(talk.thread.was)
    await house.in_slack.say("is it the cache?", talk.room)
    await talk.settles()
    assert len(talk.thread.was) == before


async def test_without_mirror_it_is_kept_and_shown_nowhere(
    sqlite_store: SqlStore, clock: FakeClock
) -> None:
    async with talking(sqlite_store, clock, capture=True) as talk:
        await talk.house.in_slack.say("is it the cache?", talk.room)
        await talk.settles()
        assert [entry.text for entry in await talk.kept()] == ["is it the cache?"]
        assert talk.times("is it the cache?") == (0, 0)


async def test_without_either_it_is_nobody_s_business(
    sqlite_store: SqlStore, clock: FakeClock
) -> None:
    async with talking(sqlite_store, clock) as talk:
        house = talk.house
        await house.in_slack.say("is it the cache?", talk.room)
        await house.in_teams.say("it is the disk", house.rooms.incidents, talk.thread)
        await talk.settles()
        assert await talk.kept() == []
        assert talk.times("is it") == (0, 0)


async def test_after_ninety_days_the_words_are_gone_and_the_record_holds(
    talk: Talk, sqlite_store: SqlStore
) -> None:
    house = talk.house
    await house.in_slack.say("is it the cache?", talk.room)
    await talk.settles()
    house.clock.forward(days=89)
    assert "entry_bodies" not in await prune(sqlite_store, Retention())
    house.clock.forward(days=2)
    assert (await prune(sqlite_store, Retention()))["entry_bodies"] == 1
    (line,) = await talk.kept()
    assert (line.text, line.metadata.get("erased")) == ("", True)
    assert line.origin["platform"] == "slack"
