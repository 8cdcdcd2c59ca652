"""A desk: the whole way from words to a reply, over a real database, without a platform."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.cards.plain_text import plain_text
from bot.chat.adoption import Adoption
from bot.chat.applying import Applying
from bot.chat.call import Call, Reply
from bot.chat.complete import Completion
from bot.chat.inbox import Inbox
from bot.chat.reaching import Reaching
from bot.chat.router import Router
from bot.domain.alert import AlertRecord, AlertStatus, Decision
from bot.domain.card import Button, Buttons
from bot.domain.entry import Entry
from bot.domain.incident import Incident
from bot.domain.people import Actor, source_actor
from bot.domain.severity import Severity
from bot.engine.acts.base import Ask
from bot.engine.amend import Amend
from bot.engine.analysis.analysing import Analysing
from bot.engine.analysis.guarding import Guarding
from bot.engine.announce import Announce
from bot.engine.incidents import Incidents
from bot.engine.knowledge.asking import Knowledge
from bot.engine.knowledge.indexing import Indexing
from bot.engine.life import Life
from bot.engine.noises import Noises
from bot.engine.oncall import OnCall
from bot.engine.paging import Paging
from bot.engine.postmortem.wording import Wording
from bot.engine.rules import Rules
from bot.engine.silences import Silences
from bot.engine.work import Work
from bot.ports.clock import Clock
from bot.ports.failpoint import arm
from bot.ports.queries import MUSTER, Queries
from bot.ports.store import Lane, Unit
from handlers.commands import COMMANDS
from handlers.registry import resolve
from storage import tables as t
from storage.library.library import SqlLibrary
from storage.queries import SqlQueries
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.models import Plenty, ScriptedAnalyst, consulting
from tests.fakes.policies import CHANNELS, actor, company


@dataclass
class Desk:
    store: SqlStore
    clock: FakeClock
    rules: Rules = field(default_factory=lambda: Rules(company()))

    def __post_init__(self) -> None:
        self.oncall = OnCall(self.rules, self.clock)
        self.life = Life(self.rules, Paging(self.rules, self.oncall, CHANNELS))
        self.work = Work(self.store, Announce(self.rules, {}))
        self.queries = SqlQueries(self.store.database, self.clock)
        self.incidents = Incidents(self.work, self.rules, self.life)
        self.silences = Silences(self.work)
        self.library = SqlLibrary(self.store)
        self.knowledge = Knowledge(self.library, self.clock, lambda: uuid4().hex)
        self.indexing = Indexing(self.library, self.queries)
        self.amend = Amend(self.work, self.rules, self.life)
        self.analyst = ScriptedAnalyst(away=True)
        self.allowance = Plenty()
        self.consulting = consulting(self.store, self.analyst, self.allowance)
        self.analysing = Analysing(
            self.consulting, self.knowledge, self.queries, self.rules, self.oncall
        )
        self.wording = Wording(self.analysing, self.queries, self.work)
        services: Mapping[type, object] = {
            Incidents: self.incidents,
            Silences: self.silences,
            Rules: self.rules,
            OnCall: self.oncall,
            Queries: self.queries,
            Knowledge: self.knowledge,
            Applying: Applying(self.analysing, self.amend),
            Wording: self.wording,
            Guarding: Guarding(self.analysing, self.queries),
            Clock: self.clock,
            Adoption: Adoption(self.queries),
            Reaching: Reaching(self.rules),
            Noises: Noises(self.work, self.rules),
        }
        commands = [resolve(path) for path in COMMANDS.values()]
        self.router = Router(commands, services, self.work, self.queries)
        self.complete = Completion(self.router.words, self.rules, self.queries)
        self.inbox = Inbox(self.work, self.router, self.who)
        self._keys = count(1)

    def who(self, id: str, origin: Mapping[str, str]) -> Actor | None:
        return actor(id, origin=origin) if id in self.rules.policies.people else None

    def call(self, who: str | Actor, text: str, **said: Any) -> Call:
        """`room`, `answers`, `interactive`, `key`: see Call; typed, a form does not open."""
        by = actor(who) if isinstance(who, str) else who
        said = {"key": f"key-{next(self._keys)}", "interactive": False, **said}
        return Call(platform="web", actor=by, text=text, **said)

    async def say(self, who: str | Actor, text: str, **said: Any) -> Reply:
        """Somebody says something; the answer."""
        return await self.inbox(self.call(who, text, **said))

    async def told(self, who: str | Actor, text: str, **said: Any) -> str:
        """Somebody says something that works, past the inbox; the answer as plain text."""
        reply = await self.router(self.call(who, text, **said))
        assert reply.ok, words(reply)
        return words(reply)

    async def completes(self, who: str, text: str, room: int | None = None) -> list[str]:
        """The lines that are offered to somebody who typed this far."""
        return [one.line for one in await self.complete(text, actor(who), room)]

    async def opens(self, title: str, severity: str = "P1", *flags: str, by: str = "ann") -> int:
        """Somebody declares; the number."""
        line = f'declare "{title}" --severity {severity} --anyway {" ".join(flags)}'
        reply = await self.router(self.call(by, line))
        assert reply.incident is not None, words(reply)
        return reply.incident

    async def alert_opens(self, title: str, severity: Severity = Severity.P1, **more: Any) -> int:
        """An alert opens an incident; the number. Its group is `group <title>`."""

        async def do(unit: Unit) -> int:
            (number,) = await unit.new_numbers(1)
            fields = {"title": title, "severity": severity, "source": "prometheus", **more}
            fields = {"team": "payments", "escalation": "standard", **fields}
            self.life.open(unit.ledger, number, source_actor("prometheus"), fields)
            unit.ledger.new_groups.append((f"group {title}", number))
            return number

        return await self.work(do, lane=Lane.INTAKE)

    async def alert(self, number: int, title: str, **more: Any) -> None:
        """An alert that fires and belongs to the incident."""
        record = AlertRecord(
            **{
                "id": "a" * 32,
                "source": "prometheus",
                "fingerprint": "f",
                "title": title,
                "severity": Severity.P1,
                "vendor_severity": "high",
                "status": AlertStatus.FIRING,
                "group_key": "g",
                "route": "default",
                "labels": {},
                "resource": None,
                "link": None,
                "description": "",
                "starts_at": self.clock.now(),
                "ends_at": None,
                "happened_at": self.clock.now(),
                "first_seen_at": self.clock.now(),
                "last_seen_at": self.clock.now(),
                "count": 1,
                "incident": number,
                "decision": Decision.OPENED,
                **more,
            }
        )

        async def add(unit: Unit) -> None:
            unit.ledger.new_alerts[record.fingerprint] = record

        await self.work(add, lane=Lane.INTAKE)

    async def incident(self, number: int) -> Incident:
        found = await self.queries.incident(number, MUSTER)
        assert found is not None
        return found

    async def entries(self, number: int) -> Sequence[Entry]:
        return await self.queries.entries(number, MUSTER)

    async def types(self, number: int) -> list[str]:
        return [str(entry.type) for entry in await self.entries(number)]

    async def last(self, number: int) -> Entry:
        return (await self.entries(number))[-1]

    async def refusals(self) -> list[Mapping[str, Any]]:
        """What stands on the system stream."""
        return await self.rows(
            select(t.entries).where(t.entries.c.incident.is_(None)).order_by(t.entries.c.seq)
        )

    async def effects(self, kind: str = "Page", state: str = "pending") -> list[str]:
        """`person:ann by web` of what is queued, in order."""
        rows = await self.rows(
            select(t.effects)
            .where(t.effects.c.kind == kind, t.effects.c.state == state)
            .order_by(t.effects.c.id)
        )
        return [
            f"{row['payload']['to'].removeprefix('person:')} {row['destination']}" for row in rows
        ]

    async def timers(self, number: int) -> dict[str, datetime]:
        """Pending ones: kind → due."""
        rows = await self.rows(
            select(t.timers).where(
                t.timers.c.subject == f"incident:{number}", t.timers.c.state == "pending"
            )
        )
        return {row["kind"]: row["due_at"] for row in rows}

    async def rows(self, statement: Any) -> list[Mapping[str, Any]]:
        async with self.store.reading() as connection:
            return [dict(row._mapping) for row in await connection.execute(statement)]

    def ask(self, who: str) -> Ask:
        return Ask(actor=actor(who))


def words(reply: Reply) -> str:
    return plain_text(reply.card) if reply.card else ""


def buttons(reply: Reply) -> list[Button]:
    assert reply.card is not None
    rows = [element for element in reply.card.body if isinstance(element, Buttons)]
    return [button for row in rows for button in row.buttons]


def commands(reply: Reply) -> list[str]:
    return [button.command for button in buttons(reply)]


@pytest.fixture
def desk(sqlite_store: SqlStore, clock: FakeClock) -> Desk:
    return Desk(sqlite_store, clock)


@pytest.fixture
def both_desk(store: SqlStore, clock: FakeClock) -> Desk:
    """The same on SQLite and on PostgreSQL."""
    return Desk(store, clock)


@pytest.fixture(autouse=True)
def _quietly() -> Iterator[None]:
    """No failpoint stays armed, and nobody waits for tracebacks to be painted."""
    with capture_logs():
        yield
    arm("")
