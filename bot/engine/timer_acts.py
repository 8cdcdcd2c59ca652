"""What each kind of timer does when its time has come; one table."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.alert import AlertRecord
from bot.domain.entry import EntryType
from bot.domain.incident import Incident
from bot.domain.lifecycle import Action, State, Timer
from bot.domain.people import SYSTEM, source_actor
from bot.engine.announce import Announce
from bot.engine.book import Item, alert_of
from bot.engine.clearing import all_clear
from bot.engine.clocks import wants_draft
from bot.engine.letters import Letters
from bot.engine.life import Life
from bot.engine.pipeline import Pipeline
from bot.engine.postmortem import digest
from bot.engine.postmortem.drafting import redraft
from bot.engine.rules import Rules
from bot.ports.store import DueTimer, Unit

ROOM_AFTER: Final = timedelta(minutes=10)
"""An update that stays overdue is said to the room after this."""

WAKES_ALERTS: Final = frozenset(
    {str(Timer.STILL_FIRING), "silence_end", "inhibition_end", "replay"}
)
"""Timers that send alerts through the stages: these read what is committed, so each is decided in a
transaction of its own."""

OfIncident = Callable[[Unit, Incident, DueTimer], Awaitable[None]]
OfSubject = Callable[[Unit, DueTimer], Awaitable[None]]


class TimerActs:
    def __init__(
        self, rules: Rules, life: Life, pipeline: Pipeline, announce: Announce, letters: Letters
    ) -> None:
        self.rules, self.life = rules, life
        self.pipeline, self.announce, self.letters = pipeline, announce, letters
        self._of_incident: dict[str, OfIncident] = {
            Timer.ACKNOWLEDGE: self._acknowledge,
            Timer.RESOLVE: self._resolve,
            Timer.MANAGER: self._manager,
            Timer.SLA_ACKNOWLEDGE_WARNING: self._sla_warning,
            Timer.SLA_ACKNOWLEDGE_BREACH: self._sla_breach,
            Timer.SLA_RESOLVE_WARNING: self._sla_warning,
            Timer.SLA_RESOLVE_BREACH: self._sla_breach,
            Timer.SETTLE: self._settle,
            Timer.STILL_FIRING: self._still_firing,
            Timer.UPDATE_DUE: self._update_due,
            Timer.AUTO_CLOSE: self._auto_close,
            Timer.ARCHIVE: self._archive,
            Timer.DRAFT: self._draft,
        }
        self._of_subject: dict[str, OfSubject] = {
            "silence_end": self._silence_end,
            "inhibition_end": self._inhibition_end,
            "replay": self.letters.replay,
            digest.KIND: self._digest,
        }

    async def __call__(self, unit: Unit, timer: DueTimer) -> None:
        """Decides about one timer; its incident is locked already."""
        if act := self._of_subject.get(timer.kind):
            await act(unit, timer)
            return
        number = int(timer.subject.removeprefix("incident:"))
        incident = await unit.incident(number)
        await self._of_incident[timer.kind](unit, incident, timer)

    # escalation

    async def _acknowledge(self, unit: Unit, incident: Incident, timer: DueTimer) -> None:
        if incident.open and not incident.acknowledged:
            self.life.escalate_by_clock(
                unit.ledger, incident, 2, why="Nobody acknowledged it in time."
            )

    async def _resolve(self, unit: Unit, incident: Incident, timer: DueTimer) -> None:
        if not incident.open:
            return
        loud = self.life.escalate_by_clock(
            unit.ledger, incident, 3, why="It is not resolved in time."
        )
        if not loud:
            self._breach_entry(unit, incident, "resolve")

    async def _manager(self, unit: Unit, incident: Incident, timer: DueTimer) -> None:
        if not incident.open:
            return
        manager = self.life.paging.escalation(incident).manager
        loud = not incident.acknowledged or incident.severity in manager.ring_despite_ack
        self.life.page_level(unit.ledger, incident, 0, ring=loud, manager=True)
        if not loud:
            self._breach_entry(unit, incident, "resolve before the manager is told")

    def _breach_entry(self, unit: Unit, incident: Incident, clock: str) -> None:
        unit.ledger.enter(
            incident, EntryType.SLA_BREACHED, SYSTEM, metadata={"clock": clock, "quiet": True}
        )

    # service levels

    async def _sla_warning(self, unit: Unit, incident: Incident, timer: DueTimer) -> None:
        """Warns, and arms the breach for the deadline itself."""
        acknowledging = timer.kind == Timer.SLA_ACKNOWLEDGE_WARNING
        if not incident.open or (acknowledging and incident.acknowledged):
            return
        due = incident.sla_acknowledge_due if acknowledging else incident.sla_resolve_due
        if due is None:
            return
        clock = "acknowledge" if acknowledging else "resolve"
        unit.ledger.enter(incident, EntryType.SLA_WARNING, SYSTEM, metadata={"clock": clock})
        self._tell_owner(unit, incident, f"sla-warning-{clock}", "sla_warning")
        breach = Timer.SLA_ACKNOWLEDGE_BREACH if acknowledging else Timer.SLA_RESOLVE_BREACH
        unit.ledger.arm(timer.subject, breach, timer.round, due)

    async def _sla_breach(self, unit: Unit, incident: Incident, timer: DueTimer) -> None:
        acknowledging = timer.kind == Timer.SLA_ACKNOWLEDGE_BREACH
        if not incident.open or (acknowledging and incident.acknowledged):
            return
        clock = "acknowledge" if acknowledging else "resolve"
        unit.ledger.enter(
            incident,
            EntryType.SLA_BREACHED,
            SYSTEM,
            set={f"sla_{clock}_breached_at": unit.now},
            metadata={"clock": clock},
        )
        self._tell_owner(unit, incident, f"sla-breach-{clock}", "sla_breached")

    def _tell_owner(self, unit: Unit, incident: Incident, step: str, why: str) -> None:
        owner = incident.lead or incident.assigned_to or incident.acknowledged_by or ""
        if owner in self.rules.policies.people:
            self.life.tell_quietly(unit.ledger, incident, [owner], step, why)

    # alerts

    async def _settle(self, unit: Unit, incident: Incident, timer: DueTimer) -> None:
        tally = (await unit.tallies([incident.number])).get(incident.number)
        if incident.open and (tally is None or tally.firing == 0):
            all_clear(self.life, unit.ledger, incident, source_actor(incident.source))

    async def _still_firing(self, unit: Unit, incident: Incident, timer: DueTimer) -> None:
        """A person resolved it, the source went on: it is woken, or opened anew if closed."""
        since = incident.resolved_at or incident.closed_at
        if incident.open or since is None:
            return
        records = await unit.alerts_of(incident.number)
        await self._again(unit, [r for r in records if r.firing and r.last_seen_at > since])

    async def _silence_end(self, unit: Unit, timer: DueTimer) -> None:
        """What still fires behind the silence is treated as new."""
        id = int(timer.subject.removeprefix("silence:"))
        silence = await unit.silence(id)
        if silence.ends_at > unit.now and silence.ended_at is None:
            return
        if silence.ended_at is None:
            await unit.end_silence(id)
        await self._again(unit, await unit.suppressed(f"silence:{id}"))

    async def _inhibition_end(self, unit: Unit, timer: DueTimer) -> None:
        await self._again(unit, await unit.suppressed(timer.subject))

    async def _again(self, unit: Unit, records: list[AlertRecord]) -> None:
        items = [
            Item(alert_of(record), group_key=record.group_key, woken=True) for record in records
        ]
        if items:
            await self.pipeline.decide(unit, items)

    # updates and the end

    async def _update_due(self, unit: Unit, incident: Incident, timer: DueTimer) -> None:
        """First privately to whoever leads, then once to the room."""
        if not incident.open or incident.next_update_at is None:
            return
        owner = incident.lead or incident.acknowledged_by or ""
        told = bool(timer.payload.get("told"))
        if not told and owner in self.rules.policies.people:
            step = f"update-due-{incident.version}"
            self.life.tell_quietly(unit.ledger, incident, [owner], step, "update_due")
            unit.ledger.arm(
                timer.subject, timer.kind, timer.round, unit.now + ROOM_AFTER, {"told": True}
            )
            return
        unit.ledger.enter(
            incident, EntryType.REMINDED, SYSTEM, text="The status update is overdue."
        )

    async def _auto_close(self, unit: Unit, incident: Incident, timer: DueTimer) -> None:
        if incident.status is State.RESOLVED:
            self.life.act(unit.ledger, incident, Action.AUTO_CLOSE, SYSTEM)

    async def _draft(self, unit: Unit, incident: Incident, timer: DueTimer) -> None:
        if not incident.open and wants_draft(self.rules, incident):
            await redraft(unit, incident, SYSTEM, self.rules.policies)

    async def _digest(self, unit: Unit, timer: DueTimer) -> None:
        """Once a week, as long as something is promised."""
        policies, person = self.rules.policies, digest.person_of(timer.subject)
        teams = digest.managed_by(policies, person)
        if person not in policies.people or not await unit.promised(person, teams):
            return
        today = unit.now.astimezone(ZoneInfo(policies.people[person].zone)).date().isoformat()
        self.life.paging.remind(unit.ledger, person, digest.DIGEST, {"today": today})
        digest.arm_for(unit.ledger, policies, person)

    async def _archive(self, unit: Unit, incident: Incident, timer: DueTimer) -> None:
        """Of a test also while it is open: nobody comes back to end it."""
        if incident.test or not incident.open:
            self.announce.rooms.archive(unit.ledger, incident)
