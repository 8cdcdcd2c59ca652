"""An outpost whose chat is Teams: the real engine, the real client, and a strict simulator."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import pytest
from aiohttp import ClientSession, DummyCookieJar
from pydantic import SecretStr

from bot.domain.policy import Policies
from bot.platforms.teams import TeamsPlatform, connect
from bot.platforms.teams.press import command_of
from config.sections import Teams as Section
from storage.references import SqlReferences
from storage.store import SqlStore
from tests.delivery.conftest import Outpost, _quietly
from tests.fakes.clock import FakeClock
from tests.fakes.policies import PEOPLE, company
from tests.fakes.teams.cards import actions, words_of
from tests.fakes.teams.server import Teams, teams_simulator
from tests.fakes.teams.state import Conversation, Message, User, guid

__all__ = ["_quietly"]

FORMS = ("resolve", "update", "page")


@dataclass
class Hall:
    """`teams` is the tenant, `outpost` the Muster that speaks into it; `incidents` the channel in
    which incidents open, `others` the announcements."""

    teams: Teams
    outpost: Outpost
    platform: TeamsPlatform
    incidents: Conversation
    others: Conversation
    people: dict[str, User]

    def said(self) -> list[Message]:
        """All that Muster said, anywhere, the oldest first."""
        rooms = self.teams.conversations.values()
        return sorted((m for room in rooms for m in self.teams.said_in(room)), key=_at)

    def cards(self, number: int) -> list[Message]:
        """Every message to everybody that has buttons of this incident."""
        rooms = [r for r in self.teams.conversations.values() if str(r.kind) != "personal"]
        found = [
            message
            for room in rooms
            for message in self.teams.said_in(room)
            if any(re.search(rf"#{number}\b", command_of(a.get("data"))) for a in _ours(message))
        ]
        return sorted(found, key=_at)

    def thread(self, number: int) -> list[str]:
        """What stands under the one card."""
        (card,) = self.cards(number)
        return self._under(card)

    def thread_of_last(self, number: int) -> list[str]:
        """What stands under the newest of its cards."""
        return self._under(self.cards(number)[-1])

    def _under(self, card: Message) -> list[str]:
        room = self.teams.conversations[card.conversation]
        return [read(message) for message in room.thread(card.id)]

    def lines(self, number: int) -> list[str]:
        """Every line about an incident, wherever it was said, the oldest first."""
        return [words for m in self.said() if (words := read(m)).startswith(f"#{number} ")]

    def direct(self, name: str) -> list[Message]:
        return self.teams.said_in(self.teams.personal(self.people[name].id))


def _ours(message: Message) -> list[dict[str, Any]]:
    return [action for action in actions(message.card) if "data" in action]


def _at(message: Message) -> int:
    return int(message.id)


def read(message: Message) -> str:
    """Its words, as one line for each paragraph."""
    blocks = [b for b in _blocks(message.card) if b.get("inlines")]
    lines = ["".join(run["text"] for run in block["inlines"]) for block in blocks]
    return "\n".join(lines).replace("\u2060", "")


def _blocks(element: Any) -> list[dict[str, Any]]:
    if isinstance(element, dict):
        nested = [b for name in ("body", "items") for b in _blocks(element.get(name))]
        return [element, *nested]
    return [b for one in element or () for b in _blocks(one)] if isinstance(element, list) else []


def shown(message: Message) -> str:
    return words_of(message.card)


Opens = Callable[..., Any]


@asynccontextmanager
async def opened(
    store: SqlStore, clock: FakeClock, *, more: Mapping[str, Any] | None = None, **settings: Any
) -> AsyncIterator[Hall]:
    """Everybody of the company is in the team and has the app; pages go to Teams, then by SMS.
    `more` are platforms beside it."""
    async with (
        teams_simulator(clock) as teams,
        ClientSession(cookie_jar=DummyCookieJar()) as session,
    ):
        users = {name: teams.add_user(name, email=f"{name}@example.org") for name in PEOPLE}
        team = teams.add_team("Company", *users.values())
        incidents = teams.add_channel("incidents", team)
        others = teams.add_channel("announcements", team)
        made: list[Outpost] = []
        platform = connect(
            Section(
                app_id=teams.login.app_id,
                app_password=SecretStr(teams.login.secret),
                tenant_id=teams.tenant,
                service_url=teams.service_url,
                login_url=teams.login_url,
                graph_url=teams.graph_url,
                incident_channel=incidents.id,
                announce_channel=others.id,
                team_id=team.group,
                catalog_app_id=teams.graph.catalog,
                **settings,
            ),
            clock=clock,
            session=session,
            people=lambda: made[0].rules.policies.people,
            references=SqlReferences(store),
            public_url="https://muster.example",
            asks=lambda command: command.startswith(FORMS),
            sleep=sleeper(clock),
        )
        made.append(Outpost(store, clock, chat=cast(Any, platform), more=more or {}))
        made[0].rules.swap(policies())
        yield Hall(teams, made[0], platform, incidents, others, users)
        assert [one for one in teams.complaints if "NameAlreadyExists" not in one] == []


def sleeper(clock: FakeClock) -> Callable[[float], Awaitable[None]]:
    async def sleep(seconds: float) -> None:
        """Whoever waits at the same time waits together."""
        until = clock.now() + timedelta(seconds=seconds)
        await asyncio.sleep(0)
        clock.forward(seconds=max(0.0, (until - clock.now()).total_seconds()))

    return sleep


def policies(**changed: Any) -> Policies:
    """The company: Cara is found by her address, the others by their ids in Entra."""
    contact = [{"channel": "chat"}, {"channel": "sms", "after": "60s"}]
    people = {
        id: {
            "phone": "+4512345678",
            "contact": contact,
            **person,
            "slack": f"U0{id.upper()}",
            **({"email": "cara@example.org"} if id == "cara" else {"teams": guid(id)}),
        }
        for id, person in PEOPLE.items()
    }
    return company(people=people, **changed)


@pytest.fixture
async def hall(sqlite_store: SqlStore, clock: FakeClock) -> AsyncIterator[Hall]:
    async with opened(sqlite_store, clock) as one:
        yield one


@pytest.fixture
async def granted(sqlite_store: SqlStore, clock: FakeClock) -> AsyncIterator[Hall]:
    """Graph is granted, and rooms are channels."""
    async with opened(sqlite_store, clock, graph=True, rooms="channel") as one:
        yield one
