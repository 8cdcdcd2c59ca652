"""An outpost whose chat is Slack: the real engine, the real client, and a strict simulator."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import pytest
from aiohttp import ClientSession, DummyCookieJar
from pydantic import SecretStr

from bot.platforms.slack import SlackPlatform, connect
from config.sections import Slack as Section
from storage.store import SqlStore
from tests.delivery.conftest import Outpost, _quietly
from tests.fakes.clock import FakeClock
from tests.fakes.policies import PEOPLE, company
from tests.fakes.slack.server import Slack, slack_simulator
from tests.fakes.slack.state import Channel, Message

__all__ = ["_quietly"]


CAUGHT_UP = re.compile(r"^- (.*) \(\d{4}-[^)]* UTC\)$", re.MULTILINE)
"""A line of a post that catches up, without its time."""


@dataclass
class Office:
    """`slack` is the workspace, `outpost` the Muster that speaks into it."""

    slack: Slack
    outpost: Outpost
    platform: SlackPlatform

    def room(self, number: int) -> Channel:
        """The one room of an incident."""
        found = self._rooms(number)
        assert len(found) == 1, [channel.name for channel in found]
        return found[0]

    def has_room(self, number: int) -> bool:
        return bool(self._rooms(number))

    def _rooms(self, number: int) -> list[Channel]:
        return [
            channel
            for channel in self.slack.workspace.channels.values()
            if f"inc-{number}-" in f"{channel.name}-" and not channel.is_archived
        ]

    def cards(self, number: int) -> list[Message]:
        """Every message anywhere that has buttons of this incident."""
        return [
            message
            for channel in self.slack.workspace.channels.values()
            for message in channel.messages.values()
            if re.search(rf"#{number}\b", repr(message.all_blocks))
            and any(block["type"] == "actions" for block in message.all_blocks)
            and channel.name
        ]

    def said(self, number: int) -> list[str]:
        """What Muster said in the room itself, oldest first, the card left out."""
        messages = self.room(number).top_level()
        return [m.text for m in messages if m not in self.cards(number)]

    def thread(self, number: int) -> list[str]:
        (card,) = self.cards(number)
        return [m.text for m in self.slack.workspace.channels[card.channel].thread(card.ts)]

    def heard(self, number: int) -> list[str]:
        """Every line about an incident, wherever it was said, oldest first; what was said in one
        after a while in the dark, line by line."""
        messages = [
            message
            for channel in self.slack.workspace.channels.values()
            for message in channel.messages.values()
            if channel.name and re.match(rf"#{number}(\n|: what happened)", message.text)
        ]
        texts = [message.text for message in sorted(messages, key=lambda message: message.ts)]
        return [line for text in texts for line in CAUGHT_UP.findall(text) or [text]]

    def direct(self, user: str) -> list[Message]:
        return list(self.slack.direct(user).messages.values())


@pytest.fixture
async def office(sqlite_store: SqlStore, clock: FakeClock) -> AsyncIterator[Office]:
    async with an_office(sqlite_store, clock) as office:
        yield office


@asynccontextmanager
async def an_office(store: SqlStore, clock: FakeClock) -> AsyncIterator[Office]:
    """Everybody of the company has an account; pages go to Slack first, then by SMS."""
    async with (
        slack_simulator(clock) as slack,
        ClientSession(cookie_jar=DummyCookieJar()) as session,
    ):
        made: list[Outpost] = []

        async def sleep(seconds: float) -> None:
            """Whoever waits at the same time waits together."""
            until = clock.now() + timedelta(seconds=seconds)
            await asyncio.sleep(0)
            clock.forward(seconds=max(0.0, (until - clock.now()).total_seconds()))

        platform = connect(
            Section(
                bot_token=SecretStr(slack.app.bot_token),
                app_token=SecretStr(slack.app.app_token),
                api_url=slack.api_url,
                digest_channel="#incidents",
                announce_channel="#announcements",
            ),
            clock=clock,
            session=session,
            people=lambda: made[0].rules.policies.people,
            public_url="https://muster.example",
            sleep=sleep,
        )
        made.append(Outpost(store, clock, chat=cast(Any, platform)))
        slack.add_channel("incidents")
        slack.add_channel("announcements")
        slack.add_channel("payments")
        for name in PEOPLE:
            slack.add_user(name, email=f"{name}@example.org")
        made[0].rules.swap(policies())
        yield Office(slack, made[0], platform)
        assert slack.complaints == []
        assert slack.unfurling() == []


def policies(**changed: Any) -> Any:
    """The company, with accounts in Slack."""
    contact = [{"channel": "chat"}, {"channel": "sms", "after": "60s"}]
    people = {
        id: {
            "phone": "+4512345678",
            "contact": contact,
            **person,
            **({"email": f"{id}@example.org"} if id == "cara" else {"slack": f"U0{id.upper()}"}),
        }
        for id, person in PEOPLE.items()
    }
    return company(people=people, **changed)
