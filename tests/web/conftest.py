"""The web room over a real server, a real database and the real commands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from bot.domain.entry import EntryType
from bot.engine.hold import Hold
from bot.engine.page_links import PageLinks
from bot.engine.people import People
from bot.platforms.web import WebPlatform, connect
from bot.platforms.web.live import Live
from bot.ports.hub import Hub
from bot.ports.store import Lane, Unit
from handlers.api.caller import Callers
from handlers.credentials import Credentials
from handlers.guard import dev_guard
from handlers.http import error_middleware
from handlers.web.room import WebRoom
from handlers.web.shell import Shell
from handlers.web.visitor import Visitors
from storage.logins import Logins
from storage.notices import SqlNotices
from storage.store import SqlStore
from storage.tokens import SqlTokens
from tests.chat.conftest import Desk
from tests.fakes.clock import FakeClock
from tests.fakes.policies import actor
from tests.web.browser import Browser, Page


@dataclass
class Site:
    """A running web room. `dev`: anybody may be acted as, and the first admin is the default."""

    desk: Desk
    dev: bool = True
    public_url: str = "http://127.0.0.1"
    heartbeat: float = 5.0
    held: bool = False
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        store = self.desk.store
        self.hub, self.notices, self.logins = Hub(), SqlNotices(store), Logins(store)
        store.tell(self.hub.told)
        self.platform: WebPlatform = connect(notices=self.notices, hub=self.hub)
        self.keys = (f"00000000-0000-4000-8000-{n:012x}" for n in count(1))
        self.visitors = Visitors(
            policies=lambda: self.desk.rules.policies,
            logins=self.logins,
            secret=b"a secret for tests",
            public_url=self.public_url,
            dev=self.dev,
        )
        self.links = PageLinks(b"a secret", self.public_url, self.desk.clock.wall)
        self.shell = Shell(
            visitors=self.visitors,
            queries=self.desk.queries,
            notices=self.notices,
            hub=self.hub,
            policies=lambda: self.desk.rules.policies,
            clock=self.desk.clock,
            new_key=lambda: next(self.keys),
            hold=Hold(self._is_held, self.desk.clock.now),
            suggested=self.desk.analysing.kept.pending,
            complaints=lambda: self.complaints,
            sample="curl -s http://127.0.0.1/webhooks/alertmanager -d '{\"alerts\":[]}'",
        )
        self.room = WebRoom(
            self.shell,
            oncall=self.desk.oncall,
            inbox=self.desk.inbox,
            complete=self.desk.complete,
            live=Live(self.desk.queries, self.notices, self.hub, heartbeat=self.heartbeat, gap=0.0),
            caller=Callers(
                Credentials(SqlTokens(store), self.desk.clock, dev=self.dev),
                People(self.desk.rules),
                self.visitors,
            ),
            links=self.links,
        )

    async def _is_held(self) -> bool:
        return self.held

    def application(self) -> web.Application:
        guards = [dev_guard] if self.dev else []
        application = web.Application(middlewares=[error_middleware(lambda: "ref", guards=guards)])
        application.add_routes(self.room.routes())
        application.on_shutdown.append(lambda _: self.room.close())
        return application

    @asynccontextmanager
    async def browsing(self) -> AsyncIterator[Browser]:
        """A browser of its own, with its own cookies, before a server of its own."""
        async with (
            TestServer(self.application()) as server,
            TestClient(server, cookie_jar=CookieJar(unsafe=True)) as client,
        ):
            yield Browser(client)

    async def sign_in(self, browser: Browser, person: str) -> Page:
        link = await self.logins.make_link(person)
        page = await browser.get(f"/login/{link}")
        return await browser.press(page, "Sign in")


async def thoughts(desk: Desk, number: int, count: int) -> None:
    """So many notes in one breath: `thought 0`, `thought 1`, …"""

    async def note(unit: Unit) -> None:
        incident = await unit.incident(number)
        for n in range(count):
            text = f"thought {n}."
            unit.ledger.enter(incident, EntryType.COMMENT_ADDED, actor("ann"), text=text)

    await desk.work(note, lane=Lane.COMMANDS)


@asynccontextmanager
async def socket(browser: Browser, path: str) -> AsyncIterator[ClientWebSocketResponse]:
    """A page's socket, opened from its own origin."""
    async with browser.client.ws_connect(path, origin=browser.origin) as live:
        yield live


async def hear(live: ClientWebSocketResponse, *types: str) -> dict[str, Any]:
    """The next message of one of these types."""
    while True:
        message: dict[str, Any] = await live.receive_json(timeout=10)
        if message["type"] in types:
            return message


@pytest.fixture
def desk(sqlite_store: SqlStore, clock: FakeClock) -> Desk:
    return Desk(sqlite_store, clock)


@pytest.fixture
def site(desk: Desk) -> Site:
    """In dev."""
    return Site(desk)


@pytest.fixture
def guarded(desk: Desk) -> Site:
    """Outside dev: one signs in."""
    return Site(desk, dev=False)


@pytest.fixture
async def browser(site: Site) -> AsyncIterator[Browser]:
    async with site.browsing() as browser:
        yield browser


@pytest.fixture
async def stranger(guarded: Site) -> AsyncIterator[Browser]:
    """A browser outside dev, signed in as nobody."""
    async with guarded.browsing() as browser:
        yield browser
