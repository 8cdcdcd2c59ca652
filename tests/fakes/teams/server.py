"""Microsoft, as a server on 127.0.0.1: Bot Connector, login, signing keys and Graph."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from aiohttp import ClientSession, DummyCookieJar, web

from tests.fakes.teams.connector import Connector
from tests.fakes.teams.events import Events
from tests.fakes.teams.faults import Faults, misbehave, rate_limited
from tests.fakes.teams.graph import Graph
from tests.fakes.teams.issuer import Issuer
from tests.fakes.teams.limits import Limits
from tests.fakes.teams.login import CONNECTOR, GRAPH, Login
from tests.fakes.teams.outward import Outward
from tests.fakes.teams.person import Person
from tests.fakes.teams.refusal import ONLY_BUGS, Refusal
from tests.fakes.teams.routes import CONNECTOR_CALLS, GRAPH_CALLS, Call
from tests.fakes.teams.state import Json
from tests.fakes.teams.tenant import Tenant


class Clock(Protocol):
    """Aware UTC datetimes."""

    def now(self) -> datetime: ...


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class Called:
    """A call as it came; `answer` is `{}` where a fault took its place."""

    name: str
    path: tuple[str, ...]
    said: Json
    status: int
    answer: Any
    at: float


class Teams(Tenant):
    """One tenant with one bot in it.

    `complaints` say what no bot should ever do; `refused` are all refusals as (call, code),
    `troubles` what the bot answered badly as (activity, status).
    """

    def __init__(self, http: ClientSession, clock: Clock | None = None) -> None:
        self.clock = clock or RealClock()
        self._watchers: set[asyncio.Event] = set()
        super().__init__(lambda: self.clock.now().timestamp(), self._stir)
        self.login = Login(self.now, tenant=self.tenant)
        self.bot_id, self.bot_name = f"28:{self.login.app_id}", "Muster"
        self.issuer, self.limits, self.faults = Issuer(), Limits(self.now), Faults()
        self.connector, self.graph = Connector(self), Graph(self)
        self.outward, self.events = Outward(self, http), Events(self)
        self.url = ""
        self.complaints: list[str] = []
        self.refused: list[tuple[str, str]] = []
        self.troubles: list[tuple[str, int]] = []
        self.calls: list[Called] = []

    # --- where everything is ---

    @property
    def service_url(self) -> str:
        """Of the Connector, as it stands in activities and in the token's claim."""
        return f"{self.url}/emea/"

    @property
    def graph_url(self) -> str:
        return f"{self.url}/graph/v1.0"

    @property
    def openid_url(self) -> str:
        """The metadata that names the signing keys."""
        return f"{self.url}/v1/.well-known/openidconfiguration"

    @property
    def login_url(self) -> str:
        """What stands before the tenant in login's addresses."""
        return self.url

    def settings(self) -> dict[str, str]:
        """Environment variables that make a Muster this tenant's."""
        return {
            "MUSTER_TEAMS__APP_ID": self.login.app_id,
            "MUSTER_TEAMS__APP_PASSWORD": self.login.secret,
            "MUSTER_TEAMS__TENANT_ID": self.tenant,
            "MUSTER_TEAMS__GRAPH_URL": self.graph_url,
            "MUSTER_TEAMS__SERVICE_URL": self.service_url,
            "MUSTER_TEAMS__LOGIN_URL": self.login_url,
            "MUSTER_TEAMS__OPENID_URL": self.openid_url,
            "MUSTER_TEAMS__SERVICE_URLS": json.dumps([self.url + "/"]),
        }

    def point_at(self, url: str) -> None:
        """The bot's messaging endpoint."""
        self.outward.url = url

    def claims(self) -> Json:
        return self.issuer.claims(self.login.app_id, self.service_url, self.now())

    def mention_of_bot(self) -> Json:
        who = {"id": self.bot_id, "name": self.bot_name}
        return {"type": "mention", "mentioned": who, "text": f"<at>{self.bot_name}</at>"}

    def add_person(self, name: str, **rest: Any) -> Person:
        """Somebody who does things; see `add_user`."""
        return Person(self, self.add_user(name, **rest))

    def complain(self, what: str) -> None:
        self.complaints.append(what)

    # --- waiting ---

    async def until(self, condition: Callable[[], Any], within: float = 5) -> None:
        """Waits until something makes the condition true; TimeoutError after real seconds."""
        stirred = asyncio.Event()
        self._watchers.add(stirred)
        try:
            async with asyncio.timeout(within):
                while not condition():
                    await stirred.wait()
                    stirred.clear()
        finally:
            self._watchers.discard(stirred)

    def _stir(self) -> None:
        for stirred in self._watchers:
            stirred.set()

    # --- what is asked of it ---

    async def answer(self, request: web.Request, call: Call, scope: str) -> web.StreamResponse:
        """One call: a fault, a refusal, or what the method answers."""
        path = tuple(request.match_info.values())
        fault = self.faults.pick(call.name)
        if fault is not None and not fault.done:
            self._stir()
            return await misbehave(request, fault)
        said: Json = {}
        headers: dict[str, str] = {}
        try:
            self.login.check(request.headers.get("Authorization", ""), scope)
            said = await _read(request)
            if wait := self._wait(call, path):
                self.refused.append((call.name, "Throttled"))
                return await misbehave(request, rate_limited(wait))
            status, answer = call.run(self, path, said)
        except Refusal as refusal:
            status, answer, headers = refusal.status, refusal.body(), refusal.headers
            self._refuse(call.name, refusal)
        self.calls.append(Called(call.name, path, said, status, answer, self.now()))
        self._stir()
        if fault is not None:
            return await misbehave(request, fault)
        body = json.dumps(answer).encode() if answer != {} or status == 201 else b""
        content = "application/json"
        return web.Response(status=status, body=body, content_type=content, headers=headers)

    def _wait(self, call: Call, path: tuple[str, ...]) -> int:
        if call.sends is None:
            return 0
        return self.limits.wait(path[0] if path else "", sends=call.sends)

    def _refuse(self, name: str, refusal: Refusal) -> None:
        self.refused.append((name, refusal.code))
        if refusal.code in ONLY_BUGS:
            self.complain(f"{name}: {refusal}")

    async def token(self, request: web.Request) -> web.StreamResponse:
        fault = self.faults.pick("token")
        if fault is not None:
            return await misbehave(request, fault)
        try:
            tenant = request.match_info["tenant"]
            return web.json_response(self.login.token(tenant, dict(await request.post())))
        except Refusal as refusal:
            self.refused.append(("token", refusal.code))
            return web.json_response(refusal.body(), status=refusal.status)

    async def metadata(self, request: web.Request) -> web.StreamResponse:
        return await self._published("openid", request, self.issuer.metadata(self.url))

    async def jwks(self, request: web.Request) -> web.StreamResponse:
        return await self._published("keys", request, self.issuer.jwks())

    async def _published(self, name: str, request: web.Request, body: Json) -> web.StreamResponse:
        self.issuer.asked.append(name)
        fault = self.faults.pick(name)
        return await misbehave(request, fault) if fault else web.json_response(body)

    async def discovery(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self.login.discovery(self.url))


async def _read(request: web.Request) -> Json:
    said: Json = dict(request.query)
    if request.can_read_body:
        try:
            body = await request.json()
        except ValueError as wrong:
            raise Refusal(400, "BadSyntax", str(wrong)) from wrong
        if not isinstance(body, dict):
            raise Refusal(400, "BadSyntax", "the body is no object")
        said |= body
    return said


def _serves(teams: Teams, call: Call, scope: str) -> Callable[[web.Request], Awaitable[Any]]:
    async def handler(request: web.Request) -> web.StreamResponse:
        return await teams.answer(request, call, scope)

    return handler


@asynccontextmanager
async def teams_simulator(clock: Clock | None = None, *, port: int = 0) -> AsyncIterator[Teams]:
    """Microsoft at `teams.url`; it listens on 127.0.0.1 only."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as http:
        teams = Teams(http, clock)
        app = web.Application(client_max_size=8 * 2**20)
        for call in CONNECTOR_CALLS:
            path = "/emea" + call.path
            app.router.add_route(call.method, path, _serves(teams, call, CONNECTOR))
        for call in GRAPH_CALLS:
            path = "/graph/v1.0" + call.path
            app.router.add_route(call.method, path, _serves(teams, call, GRAPH))
        app.router.add_get("/v1/.well-known/openidconfiguration", teams.metadata)
        app.router.add_get("/v1/.well-known/keys", teams.jwks)
        app.router.add_get("/{tenant}/v2.0/.well-known/openid-configuration", teams.discovery)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", teams.token)
        runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        teams.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield teams
        finally:
            await runner.cleanup()
