"""Teams' simulator, driven by plain HTTP, and a bot that records what it is told."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.fakes.clock import FakeClock
from tests.fakes.teams import Teams, teams_simulator
from tests.fakes.teams.login import CONNECTOR, GRAPH


@pytest.fixture
async def teams(clock: FakeClock) -> AsyncIterator[Teams]:
    async with teams_simulator(clock) as simulator:
        yield simulator


@dataclass
class Caller:
    """A bot's own calls; each answers (status, JSON)."""

    teams: Teams
    http: aiohttp.ClientSession
    tokens: dict[str, str] = field(default_factory=dict)

    async def token(self, scope: str, **changed: str) -> tuple[int, Any]:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.teams.login.app_id,
            "client_secret": self.teams.login.secret,
            "scope": scope,
            **changed,
        }
        url = f"{self.teams.login_url}/{self.teams.tenant}/oauth2/v2.0/token"
        async with self.http.post(url, data=form) as answer:
            return answer.status, await answer.json()

    async def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Of the Connector."""
        return await self._call(self.teams.service_url + path, CONNECTOR, method, body)

    async def graph(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        return await self._call(f"{self.teams.graph_url}/{path}", GRAPH, method, body)

    async def send(self, conversation: str, text: str = "hello", **more: Any) -> tuple[int, Any]:
        said = {"type": "message", "text": text, **more}
        return await self("POST", f"v3/conversations/{quote(conversation)}/activities", said)

    async def _call(self, url: str, scope: str, method: str, body: Any) -> tuple[int, Any]:
        if scope not in self.tokens:
            self.tokens[scope] = (await self.token(scope))[1]["access_token"]
        headers = {"Authorization": f"Bearer {self.tokens[scope]}"}
        async with self.http.request(method, url, json=body, headers=headers) as answer:
            said = await answer.read()
            return answer.status, (await answer.json() if said else {})


@pytest.fixture
async def call(teams: Teams) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        yield Caller(teams, http)


@dataclass
class Bot:
    """Hears everything; answers invokes with `answers[name]`."""

    heard: list[Any] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)

    async def hear(self, request: web.Request) -> web.Response:
        activity = await request.json()
        self.heard.append({**activity, "_token": request.headers["Authorization"]})
        return web.json_response(self.answers.get(activity.get("name"), {}))


@pytest.fixture
async def bot(teams: Teams) -> AsyncIterator[Bot]:
    bot = Bot()
    app = web.Application()
    app.router.add_post("/api/messages", bot.hear)
    async with TestServer(app) as server:
        teams.point_at(str(server.make_url("/api/messages")))
        yield bot
