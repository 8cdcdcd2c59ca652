"""A small world for tests: what comes in on one side, the rows it leaves on the other."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Table, func, select

from bot.domain.alert import Alert, AlertRecord, AlertStatus, Decision
from bot.domain.effect import Capabilities, EffectKind
from bot.domain.entry import Entry
from bot.domain.incident import Incident
from bot.domain.lifecycle import Action
from bot.domain.matcher import Matcher
from bot.domain.policy import Policies
from bot.domain.silence import DEFAULT_LENGTH, Silence
from bot.engine.acts.base import Ask
from bot.engine.announce import Announce
from bot.engine.arrival import Arrival, Verdict
from bot.engine.batches import Batches
from bot.engine.hold import Hold
from bot.engine.incidents import Incidents
from bot.engine.intake import Intake
from bot.engine.letters import Letters
from bot.engine.life import Life
from bot.engine.oncall import OnCall
from bot.engine.paging import Paging
from bot.engine.pipeline import Pipeline
from bot.engine.reload import Reload
from bot.engine.rules import IntakeRules, Rules
from bot.engine.silences import Silences
from bot.engine.stages import Stage
from bot.engine.stages.classify import Classify
from bot.engine.stages.correlate import Correlate
from bot.engine.stages.deduplicate import Deduplicate
from bot.engine.stages.inhibit import ByInhibition
from bot.engine.stages.open import OpenOrJoin
from bot.engine.stages.resolve import Resolve
from bot.engine.stages.route import ByRoute
from bot.engine.stages.silence import BySilence
from bot.engine.timer_acts import TimerActs
from bot.engine.timers import Timers
from bot.engine.work import Work
from bot.ports.store import Lane, Unit
from storage import tables as t
from storage.rows import ALERT_COLUMNS, alert_from, incident_columns, incident_from
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.policies import actor, company

WEB = {"web": Capabilities(frozenset({EffectKind.PAGE, EffectKind.DIRECT_MESSAGE}), rooms=False)}
PROMETHEUS = "prometheus"


class Told(NamedTuple):
    """Who was told at which minute of the test, by which step."""

    minute: float
    person: str
    step: str


def alert(title: str, severity: str | None = "warning", **said: Any) -> Alert:
    """One alert of Prometheus; labels come from `labels` and `service`."""
    labels = dict(said.pop("labels", {}))
    if service := said.pop("service", None):
        labels["service"] = service
    return Alert(
        **{"source": PROMETHEUS, "title": title, "vendor_severity": severity, **said},
        labels=labels,
    )


def over(alert: Alert) -> Alert:
    """The same alert, resolved."""
    return replace(alert, status=AlertStatus.RESOLVED)


def unreadable(source: str, body: bytes) -> Sequence[Alert]:
    raise AssertionError("this world reads no bodies")


class World:
    """Intake, timers and commands over one store. `extra` stages come before the deciding ones."""

    def __init__(
        self,
        store: SqlStore,
        clock: FakeClock,
        *,
        policies: Policies | None = None,
        intake: IntakeRules | None = None,
        extra: Collection[Stage] = (),
        parse: Callable[[str, bytes], Sequence[Alert]] = unreadable,
        queue_limit: int = 20_000,
    ) -> None:
        self.store, self.clock, self.began = store, clock, clock.now()
        self.rules = rules = Rules(policies or company(), intake or IntakeRules())
        life = Life(rules, Paging(rules, OnCall(rules, clock), WEB))
        announce = Announce(rules, {})
        work = Work(store, announce)
        self.pipeline = Pipeline(
            rules,
            [
                Classify(),
                ByRoute(),
                *extra,
                Deduplicate(rules),
                BySilence(),
                ByInhibition(),
                Correlate(),
                OpenOrJoin(rules, life),
                Resolve(rules, life),
            ],
        )
        lanes = 1 if store.database.is_sqlite else 2
        self.intake = Intake(Batches(work, self.pipeline), queue_limit=queue_limit, lanes=lanes)
        self.incidents = Incidents(work, rules, life)
        self.silences = Silences(work)
        letters = Letters(self.pipeline, parse)
        acts = TimerActs(rules, life, self.pipeline, announce, letters)
        self.lateness: list[tuple[str, float]] = []
        self.held = False
        self.timers = Timers(
            store,
            work,
            acts,
            Hold(self._hold, store.now),
            observe=lambda kind, late: self.lateness.append((kind, late)),
            first=Reload(rules, work).follow,
        )

    async def _hold(self) -> bool:
        return self.held

    async def __aenter__(self) -> "World":
        self.intake.start()
        return self

    async def __aexit__(self, *gone: object) -> None:
        await self.intake.stop()

    # what happens

    async def sends(self, *alerts: Alert, **said: Any) -> list[Verdict]:
        """One request with these alerts."""
        arrival = Arrival(
            **{"source": alerts[0].source, "body": b"{}", **said}, alerts=tuple(alerts)
        )
        return await self.intake.submit(arrival)

    async def fires(self, title: str, severity: str | None = "warning", **said: Any) -> Verdict:
        (verdict,) = await self.sends(alert(title, severity, **said))
        return verdict

    async def clears(self, title: str, severity: str | None = "warning", **said: Any) -> Verdict:
        (verdict,) = await self.sends(over(alert(title, severity, **said)))
        return verdict

    async def sweep(self) -> int:
        """Decides everything that is due; says how many turns it took."""
        turns = 0
        while await self.timers.sweep() and turns < 50:
            turns += 1
        return turns

    async def forward(self, **span: float) -> None:
        """Moves the clock, then looks at the timers."""
        self.clock.forward(**span)
        await self.sweep()

    async def watch(self, *, minutes: int) -> None:
        """Moves on minute by minute, so that everything happens on time."""
        for _ in range(minutes):
            await self.forward(minutes=1)

    def by(self, person: str, **said: Any) -> Ask:
        return Ask(actor=actor(person), **said)

    async def ack(self, person: str, nth: int = 1) -> Incident:
        number = (await self.incident(nth)).number
        return (await self.incidents.ack(number, self.by(person))).incident

    async def resolve(self, person: str, nth: int = 1) -> Incident:
        number = (await self.incident(nth)).number
        return (await self.incidents.resolve(number, self.by(person))).incident

    async def acts(self, person: str, action: Action, nth: int = 1) -> Incident:
        number = (await self.incident(nth)).number
        return (await self.incidents.act(number, action, self.by(person))).incident

    async def silence(
        self, person: str, *matchers: str, length: timedelta = DEFAULT_LENGTH
    ) -> Silence:
        wanted = [Matcher.parse(text) for text in matchers]
        ends = self.clock.now() + length
        return await self.silences.add(self.by(person), wanted, ends_at=ends)

    def correlate_by(self, *labels: str) -> None:
        """From now on alerts of the fallback route correlate by these labels."""
        route = {"fallback": True, "team": "payments", "correlate": {"by": labels}}
        self.rules.swap(company(routes={"default": route}))

    async def in_one(self, do: Callable[[Unit], Awaitable[Any]]) -> Any:
        return await self.store.transact(do, lane=Lane.COMMANDS)

    # what is there

    async def rows(self, statement: Any) -> list[Any]:
        async with self.store.reading() as connection:
            return list(await connection.execute(statement))

    async def count(self, *tables: Table) -> dict[str, int]:
        """How many rows each table has."""
        return {
            table.name: (await self.rows(select(func.count()).select_from(table)))[0][0]
            for table in tables
        }

    async def all_incidents(self) -> list[Incident]:
        rows = await self.rows(select(*incident_columns()).order_by(t.incidents.c.number))
        return [incident_from(row) for row in rows]

    async def incident(self, nth: int = 1) -> Incident:
        """The first incident that opened, the second, …; numbers may have gaps."""
        return (await self.all_incidents())[nth - 1]

    async def record(self, nth: int = 1) -> list[Entry]:
        number = (await self.incident(nth)).number
        entries: list[Entry] = await self.in_one(lambda unit: unit.entries(number))
        return entries

    async def entries(self, nth: int = 1) -> list[str]:
        """The types of the incident's entries."""
        return [str(entry.type) for entry in await self.record(nth)]

    async def alert(self, title: str) -> AlertRecord:
        """What is remembered of it now."""
        (row,) = await self.rows(
            select(*ALERT_COLUMNS).where(t.alerts.c.title == title, t.alerts.c.current)
        )
        return alert_from(row)

    def minute(self, moment: datetime) -> float:
        return round((moment - self.began) / timedelta(minutes=1), 2)

    async def pending(self, subject: str = "incident:1") -> dict[str, float]:
        """The timers that wait: kind → minute of the test at which they are due."""
        rows = await self.rows(
            select(t.timers.c.kind, t.timers.c.due_at).where(
                t.timers.c.subject == subject, t.timers.c.state == "pending"
            )
        )
        return {kind: self.minute(due) for kind, due in rows}

    async def _told(self, kind: EffectKind, states: Collection[str]) -> list[Told]:
        rows = await self.rows(
            select(t.effects.c.due_at, t.effects.c.payload)
            .where(t.effects.c.kind == kind, t.effects.c.state.in_(states))
            .order_by(t.effects.c.id)
        )
        return [
            Told(self.minute(due), said["to"].removeprefix("person:"), said["step"])
            for due, said in rows
        ]

    async def pages(self, *, withdrawn: bool = True) -> list[Told]:
        """What rang; without `withdrawn`, only what still would."""
        states = ["pending", *(["withdrawn"] if withdrawn else [])]
        return await self._told(EffectKind.PAGE, states)

    async def notices(self) -> list[Told]:
        """What was said quietly."""
        return await self._told(EffectKind.DIRECT_MESSAGE, ["pending"])


def decisions(verdicts: Sequence[Verdict]) -> list[Decision]:
    return [verdict.decision for verdict in verdicts]
