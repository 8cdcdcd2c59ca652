"""The doors of Muster on a real socket, with an engine that only remembers."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from ssl import SSLContext
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.domain.alert import Decision
from bot.domain.errors import Overloaded
from bot.domain.people import Right
from bot.engine.arrival import Arrival, Verdict
from bot.ports.tokens import Token
from handlers.credentials import Credentials
from handlers.doors.directory import Directory, Entrance
from handlers.doors.enqueue import Enqueue
from handlers.doors.events import Events
from handlers.doors.limits import Limits
from handlers.doors.webhooks import Webhooks
from handlers.guard import dev_guard
from handlers.http import error_middleware

NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)

Client = TestClient[web.Request, web.Application]


@dataclass
class Engine:
    """Opens one incident per fingerprint, and knows it again; `fails` is raised instead."""

    arrivals: list[Arrival] = field(default_factory=list)
    letters: list[tuple[str, bytes, str]] = field(default_factory=list)
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    fails: Exception | None = None
    _open: dict[tuple[str, str], str] = field(default_factory=dict)
    _told: dict[tuple[str, str | None], Verdict] = field(default_factory=dict)

    async def submit(self, arrival: Arrival) -> list[Verdict]:
        self._fail()
        self.arrivals.append(arrival)
        return [self._decide(arrival, place) for place in range(len(arrival.alerts))]

    async def bury(self, source: str, body: bytes, reason: str) -> str:
        self._fail()
        self.letters.append((source, body, reason))
        return f"letter-{len(self.letters)}"

    async def acknowledge(self, source: str, dedup_key: str) -> None:
        self._fail()
        self.acknowledged.append((source, dedup_key))

    async def find_event(self, id: str) -> dict[str, Any] | None:
        found = next((said for key, said in self._told.items() if key[1] == id), None)
        return {"event_id": id, "incident_id": found.incident_id} if found else None

    def _decide(self, arrival: Arrival, place: int) -> Verdict:
        alert = arrival.alerts[place]
        known = (alert.source, alert.event_id)
        if arrival.deduplicates_events and known in self._told:
            return self._told[known]
        key = (alert.source, alert.fingerprint)
        decision = Decision.DUPLICATE if key in self._open else Decision.OPENED
        if not alert.firing:
            decision = Decision.RESOLVED if key in self._open else Decision.NOTHING_TO_RESOLVE
        else:
            self._open.setdefault(key, f"INC-20260105-{len(self._open) + 1:05d}")
        verdict = Verdict(
            event_id=alert.event_id or f"event-{len(self.arrivals)}-{place}",
            incident_id=self._open.get(key),
            decision=decision,
        )
        self._told[known] = verdict
        return verdict

    def _fail(self) -> None:
        if self.fails is not None:
            raise self.fails


@dataclass
class FixedTokens:
    """Secret → token."""

    known: dict[str, Token] = field(default_factory=dict)

    def add(self, secret: str, *scopes: str, right: Right = Right.NOTHING) -> None:
        self.known[secret] = Token(
            id=f"t{len(self.known)}", name=secret, scopes=scopes, right=right, created_at=NOW
        )

    async def find(self, secret: str) -> Token | None:
        return self.known.get(secret)

    async def create(
        self, name: str, *, scopes: Iterable[str], right: Right, person: str | None = None
    ) -> tuple[Token, str]:
        raise NotImplementedError

    async def list(self) -> list[Token]:
        return [*self.known.values()]

    async def rotate(self, id: str) -> str:
        raise NotImplementedError

    async def revoke(self, id: str) -> None:
        raise NotImplementedError


@dataclass
class HandClock:
    """Stands still until it is moved."""

    at: datetime = NOW
    seconds: float = 0.0

    def now(self) -> datetime:
        return self.at

    def wall(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds


@dataclass
class House:
    client: Client
    engine: Engine
    tokens: FixedTokens
    clock: HandClock

    @property
    def address(self) -> str:
        return str(self.client.make_url("/")).rstrip("/")


@asynccontextmanager
async def open_house(
    *entrances: Entrance,
    dev: bool = False,
    strict: bool = False,
    per_minute: int = 0,
    inflates: bool = False,
    more: Iterable[web.RouteDef] = (),
    tls: SSLContext | None = None,
) -> AsyncIterator[House]:
    """`inflates`: aiohttp inflates bodies itself."""
    engine, tokens, clock = Engine(), FixedTokens(), HandClock()
    ids = count(1)
    directory, limits = Directory(entrances), Limits(clock.monotonic)
    credentials = Credentials(tokens, clock, dev=dev)
    webhooks = Webhooks(intake=engine, directory=directory, credentials=credentials, limits=limits)
    enqueue = Enqueue(
        intake=engine,
        acknowledging=engine,
        directory=directory,
        credentials=credentials,
        limits=limits,
        new_key=lambda: f"key-{next(ids)}",
    )
    events = Events(
        intake=engine,
        finds=engine,
        directory=directory,
        credentials=credentials,
        limits=limits,
        new_id=lambda: f"batch-{next(ids)}",
        strict=strict,
        per_minute=per_minute,
    )
    middlewares = [error_middleware(lambda: "ref-1", guards=[dev_guard] if dev else [])]
    app = web.Application(middlewares=middlewares)
    app.add_routes([*webhooks.routes(), *enqueue.routes(), *events.routes(), *more])
    server = TestServer(app)
    await server.start_server(auto_decompress=inflates, shutdown_timeout=0, ssl=tls)
    async with TestClient(server) as client:
        yield House(client, engine, tokens, clock)


OVERLOADED = Overloaded("Too many alerts are waiting; please send it again.", retry_after=3)
