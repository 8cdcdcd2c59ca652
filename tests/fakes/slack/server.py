"""Slack itself, as a server on 127.0.0.1."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession, DummyCookieJar, web

from tests.fakes.slack.app import App
from tests.fakes.slack.faults import Fault, Faults, misbehave, rate_limited
from tests.fakes.slack.interactivity.modals import Modals
from tests.fakes.slack.interactivity.response_urls import ResponseUrls
from tests.fakes.slack.interactivity.triggers import Triggers
from tests.fakes.slack.judge import check_limit, judged
from tests.fakes.slack.limits import Limits
from tests.fakes.slack.methods.files import upload
from tests.fakes.slack.outward.by_http import ByHttp
from tests.fakes.slack.outward.by_socket import BySocket
from tests.fakes.slack.outward.letter import Letter, Sort
from tests.fakes.slack.outward.postman import Postman
from tests.fakes.slack.outward.subscriptions import envelope, is_told, scopes_of
from tests.fakes.slack.person import Person
from tests.fakes.slack.refusal import ONLY_BUGS, Refusal
from tests.fakes.slack.request import read_request
from tests.fakes.slack.state import Channel, Json, Kind, User, UserGroup
from tests.fakes.slack.time import Clock, RealClock, Time
from tests.fakes.slack.workspace import Workspace


@dataclass(frozen=True)
class Called:
    """A call as it came, and what Slack answered; `{}` where a fault took the answer's place."""

    method: str
    said: Json
    answer: Json
    at: float


class Slack:
    """One workspace with one app in it.

    `complaints` say what no app should ever do; `refused` are all refusals, as (method, code);
    `used_scopes`, the scopes that anything so far needed.
    """

    def __init__(self, http: ClientSession, clock: Clock | None = None) -> None:
        self.app = App()
        self.time = Time(clock or RealClock())
        self.limits = Limits(self.time)
        self.faults = Faults()
        self.workspace = Workspace(self.app, self.time, self.tell)
        self.modals = Modals(self.workspace, self.new_block_id)
        self.triggers = Triggers(self.time)
        self.response_urls = ResponseUrls(self)
        self.complaints: list[str] = []
        self.used_scopes: set[str] = set()
        self.refused: list[tuple[str, str]] = []
        self.calls: list[Called] = []
        self.events: list[Json] = []
        self.bots_unarchive = False
        self.url = ""
        self.http = ByHttp(self.app, self.time, http)
        self.socket = BySocket(self.app, self.complain, self.stir)
        self.post = Postman(self.app, self.time, self.http, self.socket, self.stir)
        self._watchers: set[asyncio.Event] = set()
        self._block_ids = count(1)

    @property
    def api_url(self) -> str:
        """For `AsyncWebClient(base_url=…)` and `MUSTER_SLACK__API_URL`."""
        return f"{self.url}/api/"

    def socket_url(self) -> str:
        return self.url.replace("http", "ws", 1) + "/link" + self.socket.ticket()

    @property
    def byline(self) -> Json:
        """How Slack says that something is the app's."""
        return {"bot_id": self.app.bot_id, "app_id": self.app.id, "team_id": self.app.team_id}

    def new_block_id(self) -> str:
        return f"b{next(self._block_ids):04d}"

    def complain(self, what: str) -> None:
        self.complaints.append(what)

    # --- people ---

    def add_user(self, name: str, **rest: Any) -> User:
        """`rest` are fields of User; the id is made from the name unless it is given."""
        rest = {"team_id": self.app.team_id, "real_name": name.title(), **rest}
        user = User(rest.pop("id", f"U0{name.upper()}"), name, **rest)
        self.workspace.users[user.id] = user
        return user

    def add_person(self, name: str, **rest: Any) -> Person:
        """Somebody who does things; see `add_user`."""
        return Person(self, self.add_user(name, **rest))

    def person(self, id: str) -> Person:
        return Person(self, self.workspace.users[id])

    def name_of(self, user: str) -> str:
        return self.workspace.users[user].name if user in self.workspace.users else user

    def add_group(self, handle: str, *users: str) -> UserGroup:
        group = UserGroup(f"S0{handle.upper()}", handle, handle.title(), list(users))
        self.workspace.groups[group.id] = group
        return group

    def unfurling(self) -> list[str]:
        """What the app posted so that Slack would show previews of its links."""
        channels, me = self.workspace.channels.values(), self.app.bot_user
        posted = (m for channel in channels for m in channel.messages.values() if m.user == me)
        return [m.text for m in posted if m.unfurls and not m.subtype]

    # --- channels ---

    def room(self, name: str) -> Channel:
        """The channel of this name; KeyError names those there are."""
        for channel in self.workspace.channels.values():
            if name in (channel.name, channel.id):
                return channel
        raise KeyError(name, [channel.name for channel in self.workspace.channels.values()])

    def add_channel(self, name: str, *members: str, private: bool = False) -> Channel:
        """A channel that people made before anything began; no events are told of it."""
        kind = Kind.PRIVATE if private else Kind.PUBLIC
        creator = members[0] if members else "U0FOUNDER"
        id = self.workspace.id("C")
        channel = Channel(id, name, kind, creator, self.time.seconds(), members=list(members))
        self.workspace.channels[id] = channel
        return channel

    def direct(self, user: str) -> Channel:
        """The direct messages between the app and this person, opened if need be."""
        return self.workspace.direct(self.app.bot_user, user)

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

    def stir(self) -> None:
        """Something happened; whoever waits looks again."""
        for stirred in self._watchers:
            stirred.set()

    # --- the Web API ---

    async def api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        fault = self.faults.pick(name)
        if fault and not fault.done:
            self.stir()
            return await misbehave(request, fault)
        answer, limited = await self._answer(name, request)
        self.stir()
        if fault or limited:
            return await misbehave(request, fault or limited)  # type: ignore[arg-type]
        scopes = {"X-OAuth-Scopes": ",".join(sorted(self.app.scopes))}
        return web.json_response(answer, headers=scopes)

    async def _answer(self, name: str, request: web.Request) -> tuple[Json, Fault | None]:
        said: Json = {}
        try:
            token, said = await read_request(request)
            method, call = judged(self, name, token, said)
            if wait := check_limit(self, method, call):
                self.refused.append((name, "ratelimited"))
                return {}, rate_limited(wait)
            answer = {"ok": True, **method.run(call)}
        except Refusal as refusal:
            answer = self._refuse(name, refusal)
        self.calls.append(Called(name, said, answer, self.time.now()))
        return answer, None

    def _refuse(self, name: str, refusal: Refusal) -> Json:
        self.refused.append((name, refusal.code))
        if refusal.code in ONLY_BUGS:
            self.complain(f"{name}: {refusal}")
        return {"ok": False, "error": refusal.code, **refusal.more}

    # --- outward ---

    def tell(self, event: Json) -> None:
        """An event, to the app if it asked for this sort; `events` has all of them."""
        written = json.loads(json.dumps(event))
        self.events.append(written)
        self.stir()
        if self.post.reaches_app and is_told(self.workspace, written):
            self.used_scopes |= scopes_of(self.workspace, written)
            self.post.send_later(envelope(self.workspace, written))

    async def settled(self) -> None:
        """The app was told of everything that happened so far."""
        await self.post.settled()

    async def point_at(self, url: str) -> None:
        """Sets the app's address for events and interactivity, once it proves to be the app's.

        https://docs.slack.dev/reference/events/url_verification
        """
        self.app.events_url = url
        challenge = uuid4().hex
        said = {"type": "url_verification", "challenge": challenge}
        ack = await self.post.send(Letter(Sort.EVENT, said | {"token": "deprecated"}))
        if ack.body not in (challenge, {"challenge": challenge}):
            self.app.events_url = ""
            raise AssertionError(f"Your URL didn't respond with the challenge: {ack}")


@asynccontextmanager
async def slack_simulator(
    clock: Clock | None = None,
    *,
    port: int = 0,
    also: Callable[[Slack, web.Application], None] | None = None,
) -> AsyncIterator[Slack]:
    """Slack at `slack.url`; it listens on 127.0.0.1 only. `also` adds pages of its own."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as http:
        slack = Slack(http, clock)
        app = web.Application(client_max_size=8 * 2**20)
        app.router.add_get("/api/{method}", slack.api)
        app.router.add_post("/api/{method}", slack.api)
        app.router.add_post("/response/{key}", slack.response_urls.receive)
        app.router.add_post("/upload/{id}", partial(upload, slack))
        app.router.add_get("/link", slack.socket.link)
        if also:
            also(slack, app)
        runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield slack
        finally:
            await slack.post.close()
            await runner.cleanup()
