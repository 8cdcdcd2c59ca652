"""An outpost: incidents, an outbox that is emptied when a test says so, and a fake outside."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.domain.effect import Capabilities, EffectKind
from bot.domain.entry import Entry
from bot.domain.incident import Incident
from bot.domain.people import source_actor
from bot.domain.severity import Severity
from bot.engine.acts.base import Ask
from bot.engine.announce import Announce, Hook
from bot.engine.delivery import Delivery
from bot.engine.hold import Hold
from bot.engine.incidents import Incidents
from bot.engine.jobs import Jobs
from bot.engine.life import Life
from bot.engine.oncall import OnCall
from bot.engine.paging import Paging
from bot.engine.rules import Rules
from bot.engine.work import Work
from bot.ports.failpoint import arm
from bot.ports.queries import MUSTER
from bot.ports.store import Lane, Unit
from storage import tables as t
from storage.queries import SqlQueries
from storage.store import SqlStore
from tests.databases import seeded_randomness
from tests.fakes.chat_platform import ChatPlatform
from tests.fakes.clock import FakeClock
from tests.fakes.policies import actor, company

WEB = Capabilities(frozenset({EffectKind.PAGE, EffectKind.DIRECT_MESSAGE}), rooms=False)
SMS = Capabilities(frozenset({EffectKind.PAGE}), rooms=False)
HOOKS = Capabilities(frozenset({EffectKind.WEBHOOK, EffectKind.PAGE}), rooms=False)


@dataclass
class Outpost:
    """`chat` has rooms; `web` is everybody's first way, `sms` the second, `webhook` for machines.

    `pauses` are the waits between tries; the clock moves on by them.
    """

    store: SqlStore
    clock: FakeClock
    chat: ChatPlatform = field(default_factory=ChatPlatform)
    web: ChatPlatform = field(default_factory=lambda: ChatPlatform(WEB))
    sms: ChatPlatform = field(default_factory=lambda: ChatPlatform(SMS))
    webhook: ChatPlatform = field(default_factory=lambda: ChatPlatform(HOOKS))
    more: Mapping[str, Any] = field(default_factory=dict)
    hooks: Sequence[Hook] = ()
    on_hold: bool = False
    pauses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rules = Rules(company())
        self.channels = {
            "chat": self.chat,
            "web": self.web,
            "sms": self.sms,
            "webhook": self.webhook,
            **self.more,
        }
        can = {name: channel.capabilities for name, channel in self.channels.items()}
        self.paging = Paging(self.rules, OnCall(self.rules, self.clock), can)
        self.life = Life(self.rules, self.paging)
        self.announce = Announce(self.rules, can, self.hooks)
        self.work = Work(self.store, self.announce)
        self.incidents = Incidents(self.work, self.rules, self.life)
        self.queries = SqlQueries(self.store.database, self.clock)
        self.delivery = self.deliverer()

    def deliverer(self, store: SqlStore | None = None, timeout: float = 5.0) -> Delivery:
        """One more replica's; on a store of its own, where one is given."""
        store = store or self.store

        async def held() -> bool:
            return self.on_hold

        return Delivery(
            store,
            Work(store, self.announce),
            Jobs(self.rules, self.queries, "https://muster.example"),
            self.channels,
            Hold(held, self.clock.now),
            sleep=self._sleep,
            timeout=timeout,
        )

    def another_store(self) -> SqlStore:
        return SqlStore(
            self.store.database, self.clock, randomness=seeded_randomness(8), replica="other"
        )

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.clock.forward(seconds=seconds)

    async def deliver(self) -> int:
        """Does what is due now."""
        return await self.delivery.drain()

    async def deliver_all(self, *, minutes: int = 30) -> None:
        """The next half an hour, in steps of five seconds."""
        for _ in range(minutes * 12):
            await self.deliver()
            self.clock.forward(seconds=5)

    async def opens(self, title: str, severity: str = "P1", **more: Any) -> int:
        """An alert opens an incident; the number."""

        async def do(unit: Unit) -> int:
            (number,) = await unit.new_numbers(1)
            fields = {"title": title, "severity": Severity(severity), "source": "prometheus"}
            fields |= {"team": "payments", "escalation": "standard", "route": "default", **more}
            self.life.open(unit.ledger, number, source_actor("prometheus"), fields)
            unit.ledger.new_groups.append((f"group {title}", number))
            return number

        return await self.work(do, lane=Lane.INTAKE)

    def ask(self, who: str = "ann") -> Ask:
        return Ask(actor=actor(who))

    async def incident(self, number: int) -> Incident:
        found = await self.queries.incident(number, MUSTER)
        assert found is not None
        return found

    async def entries(self, number: int, type: str) -> list[Entry]:
        found = await self.queries.entries(number, MUSTER)
        return [entry for entry in found if entry.type == type]

    async def rows(self, **wanted: Any) -> list[Mapping[str, Any]]:
        """Effects with these columns, in order."""
        conditions = [t.effects.c[name] == value for name, value in wanted.items()]
        async with self.store.reading() as connection:
            statement = select(t.effects).where(*conditions).order_by(t.effects.c.id)
            return [dict(row._mapping) for row in await connection.execute(statement)]

    async def states(self, **wanted: Any) -> list[str]:
        return [row["state"] for row in await self.rows(**wanted)]

    async def due(self, **wanted: Any) -> datetime:
        """When the first pending one is due."""
        return min(row["due_at"] for row in await self.rows(state="pending", **wanted))


@pytest.fixture
def outpost(sqlite_store: SqlStore, clock: FakeClock) -> Outpost:
    return Outpost(sqlite_store, clock)


@pytest.fixture
def both_outpost(store: SqlStore, clock: FakeClock) -> Outpost:
    """The same on SQLite and on PostgreSQL."""
    return Outpost(store, clock)


@pytest.fixture(autouse=True)
def _quietly() -> Iterator[None]:
    """No failpoint stays armed, and nobody waits for tracebacks to be painted."""
    with capture_logs():
        yield
    arm("")
