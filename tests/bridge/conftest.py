"""One Muster between two chats: the real engine, both real clients, both strict simulators."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import ClientSession, DummyCookieJar
from pydantic import SecretStr

from bot.platforms.slack import connect
from config.sections import Slack as Section
from storage.store import SqlStore
from tests.delivery.conftest import Outpost, _quietly
from tests.fakes.clock import FakeClock
from tests.fakes.policies import PEOPLE
from tests.fakes.slack.server import Slack, slack_simulator
from tests.fakes.slack.state import Message
from tests.teams.outward.conftest import Hall, opened, policies, sleeper

__all__ = ["_quietly"]

ROUTE = {"fallback": True, "team": "payments", "platform": "chat", "bridge": ["slack"]}


@dataclass
class Bridge:
    """Incidents are at home in Teams (`hall`), and have a room in Slack too."""

    hall: Hall
    slack: Slack

    @property
    def outpost(self) -> Outpost:
        return self.hall.outpost

    def in_slack(self, number: int) -> list[Message]:
        """What Muster said about it in Slack for everybody, in threads or not, oldest first."""
        (room,) = [
            channel
            for channel in self.slack.workspace.channels.values()
            if f"inc-{number}-" in f"{channel.name}-"
        ]
        return sorted(room.messages.values(), key=lambda message: message.ts)

    def card_in_slack(self, number: int) -> str:
        """The one live card."""
        (card,) = [message for message in self.in_slack(number) if _has_buttons(message)]
        return repr(card.attachments)

    def times(self, number: int, words: str) -> tuple[int, int]:
        """How often something was said in Teams and in Slack, the cards left out."""
        teams = sum(words in line for line in self.hall.thread(number))
        return teams, self.lines_in_slack(number).count(words)

    def lines_in_slack(self, number: int) -> str:
        """All but the card, the oldest first."""
        lines = [m.text for m in self.in_slack(number) if not _has_buttons(m)]
        return "\n".join(lines)


def _has_buttons(message: Message) -> bool:
    return any(block["type"] == "actions" for block in message.all_blocks)


@pytest.fixture
async def bridge(sqlite_store: SqlStore, clock: FakeClock) -> AsyncIterator[Bridge]:
    async with (
        slack_simulator(clock) as slack,
        ClientSession(cookie_jar=DummyCookieJar()) as session,
    ):
        halls: list[Hall] = []
        platform = connect(
            Section(
                bot_token=SecretStr(slack.app.bot_token),
                app_token=SecretStr(slack.app.app_token),
                api_url=slack.api_url,
                digest_channel="#incidents",
            ),
            clock=clock,
            session=session,
            people=lambda: halls[0].outpost.rules.policies.people,
            public_url="https://muster.example",
            sleep=sleeper(clock),
        )
        slack.add_channel("incidents")
        for name in PEOPLE:
            slack.add_user(name, email=f"{name}@example.org")
        async with opened(sqlite_store, clock, more={"slack": platform}) as hall:
            halls.append(hall)
            hall.outpost.rules.swap(policies(routes={"default": ROUTE}))
            yield Bridge(hall, slack)
        assert slack.complaints == []
