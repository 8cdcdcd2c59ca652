"""A Muster that speaks into `emulate`: the real engine and client, and a Slack that is not ours."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest
from aiohttp import ClientSession, DummyCookieJar
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack import connect
from bot.platforms.slack.manifest import SCOPES
from config.sections import Slack as Section
from storage.store import SqlStore
from tests.delivery.conftest import Outpost
from tests.e2e.conftest import eventually, free_port, process
from tests.e2e_slack.installed import emulate
from tests.e2e_slack.proxy import Proxy, proxy_to
from tests.fakes.clock import FakeClock
from tests.fakes.policies import PEOPLE, company

TOKEN = "xoxb-emulate"
CHANNELS = ("incidents", "announcements", "war-room")


@pytest.fixture(scope="session")
def emulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address. The app has what our manifest asks for, and it insists on scopes."""
    folder = tmp_path_factory.mktemp("emulate")
    seed = folder / "seed.json"
    seed.write_text(json.dumps({"slack": _workspace()}))
    port = free_port()
    said = ["start", "--service", "slack", "--port", str(port), "--seed", str(seed)]
    address = f"http://127.0.0.1:{port}"
    with process([*emulate(), *said], folder / "run"):
        eventually(lambda: _listens(port), "emulate is ready")
        yield address


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _workspace() -> dict[str, Any]:
    names = [*PEOPLE, "muster"]
    return {
        "strict_scopes": True,
        "team": {"name": "Acme", "domain": "acme"},
        "users": [{"name": name, "email": f"{name}@example.org"} for name in names],
        "channels": [{"name": name} for name in CHANNELS],
        "tokens": [{"token": TOKEN, "user": "muster", "scopes": sorted(SCOPES)}],
    }


@dataclass
class Beside:
    """`outpost` speaks; `look` reads what came of it, by the Web API itself."""

    outpost: Outpost
    look: AsyncWebClient
    proxy: Proxy

    async def channel(self, name: str) -> dict[str, Any]:
        answer = await self.look.conversations_list(types="public_channel,private_channel")
        return next(one for one in answer["channels"] if one["name"] == name)

    async def said(self, channel: str) -> list[dict[str, Any]]:
        """The newest last."""
        answer = await self.look.conversations_history(channel=channel, include_all_metadata=True)
        return list(reversed(answer["messages"]))

    async def thread(self, channel: str, ts: str) -> list[dict[str, Any]]:
        answer = await self.look.conversations_replies(channel=channel, ts=ts)
        return list(answer["messages"][1:])

    async def card(self, number: int, channel: str) -> dict[str, Any]:
        (card,) = [m for m in await self.said(channel) if f"ack #{number}" in json.dumps(m)]
        return dict(card)


@pytest.fixture
async def beside(emulated: str, sqlite_store: SqlStore, clock: FakeClock) -> AsyncIterator[Beside]:
    async with (
        proxy_to(emulated) as proxy,
        ClientSession(cookie_jar=DummyCookieJar()) as session,
    ):
        made: list[Outpost] = []

        async def sleep(seconds: float) -> None:
            clock.forward(seconds=seconds)
            await asyncio.sleep(0)

        platform = connect(
            Section(
                bot_token=SecretStr(TOKEN),
                app_token=SecretStr("xapp-"),
                api_url=proxy.api_url,
                digest_channel="#incidents",
                announce_channel="#announcements",
            ),
            clock=cast(Any, clock),
            session=session,
            people=lambda: made[0].rules.policies.people,
            public_url="https://muster.example",
            sleep=sleep,
        )
        made.append(Outpost(sqlite_store, clock, chat=cast(Any, platform)))
        ways = {"contact": [{"channel": "chat"}]}
        people = {
            id: {**person, "email": f"{id}@example.org", **ways} for id, person in PEOPLE.items()
        }
        made[0].rules.swap(company(people=people))
        look = AsyncWebClient(TOKEN, base_url=proxy.api_url, session=session)
        yield Beside(made[0], look, proxy)
