"""What happens to an incident: opening, transitions, rounds of paging.

Every function decides over an incident and a ledger and writes what follows in the same breath:
the entry, the timers, the pages. Nothing here reads or sends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from bot.domain.effect import EffectKind
from bot.domain.entry import Entry, EntryType, incident_stream
from bot.domain.errors import Conflict
from bot.domain.incident import Incident, Visibility, blank, revive
from bot.domain.ledger import Ledger
from bot.domain.lifecycle import TABLE, Action, State, Timer, next_state
from bot.domain.people import SYSTEM, Actor
from bot.domain.policy import Telling
from bot.domain.severity import Severity
from bot.engine.changes import fields_of, joined
from bot.engine.clocks import start_clocks, start_timer, targets
from bot.engine.paging import Paging, Reached
from bot.engine.rules import Rules

ENTRY_OF: Final[dict[Action, EntryType]] = {
    Action.ACKNOWLEDGE: EntryType.ACKNOWLEDGED,
    Action.TAKE: EntryType.ACKNOWLEDGED,
    Action.RELEASE: EntryType.RELEASED,
    Action.START_WORK: EntryType.STATE_CHANGED,
    Action.ESCALATE: EntryType.ESCALATED,
    Action.RAISE: EntryType.ESCALATED,
    Action.DEESCALATE: EntryType.STATE_CHANGED,
    Action.RESOLVE: EntryType.RESOLVED,
    Action.AUTO_RESOLVE: EntryType.RESOLVED,
    Action.REOPEN: EntryType.REOPENED,
    Action.REFIRE: EntryType.REFIRED,
    Action.CLOSE: EntryType.CLOSED,
    Action.AUTO_CLOSE: EntryType.CLOSED,
    Action.MERGE: EntryType.CLOSED,
}


class Life:
    def __init__(self, rules: Rules, paging: Paging) -> None:
        self.rules, self.paging = rules, paging

    # opening

    def open(
        self,
        ledger: Ledger,
        number: int,
        actor: Actor,
        fields: Mapping[str, Any],
        text: str = "",
        *,
        metadata: Mapping[str, Any] | None = None,
    ) -> Incident:
        """A new incident: one entry that says everything, its clocks, and the first level told.

        `fields` needs at least title and severity; the rest defaults. `route`, `team` and
        `escalation` decide who is told.
        """
        incident = blank(number, ledger.now)
        ledger.created[number] = incident
        severity = fields["severity"]
        draft = replace(
            incident,
            severity=severity,
            team=fields.get("team"),
            escalation=fields.get("escalation"),
            test=bool(fields.get("test")),
            declared_by=fields.get("declared_by"),
        )
        policy = self.rules.policies.severities[severity]
        tells = policy.tells is not Telling.NOBODY or draft.test
        told = self.paging.reach_level(draft, 1) if tells else Reached()
        values = {
            **fields,
            "initial_severity": severity,
            "loudness": fields.get("loudness") or str(policy.loudness),
            "policy_version": self.rules.policies.version,
            "opened_at": ledger.now,
            "escalation_level": 1,
            "round": 1,
            "paged": list(told.people) if self._rings(draft) else [],
            "unreached": tells and told.nobody,
            **targets(self.rules, draft, ledger.now),
        }
        if values.get("visibility") is Visibility.PRIVATE:
            values["members"] = sorted({*values.get("members", ()), *told.people})
        ledger.enter(
            incident, EntryType.INCIDENT_CREATED, actor, text=text, set=values, metadata=metadata
        )
        start_clocks(self.rules, ledger, incident)
        self._tell(ledger, incident, told, "1", ring=self._rings(incident))
        return incident

    def _rings(self, incident: Incident) -> bool:
        tells = self.rules.policies.severities[incident.severity].tells
        return tells is Telling.RING or incident.test

    def _tell(
        self, ledger: Ledger, incident: Incident, reached: Reached, step: str, *, ring: bool
    ) -> None:
        if ring:
            self.paging.ring(ledger, incident, reached, step)
        else:
            self.paging.tell_quietly(ledger, incident, reached, step, "opened")

    # transitions

    def act(
        self,
        ledger: Ledger,
        incident: Incident,
        action: Action,
        actor: Actor,
        *,
        text: str = "",
        values: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Entry:
        """One transition, with everything that follows from it by the table.

        Raises:
            IllegalTransition: the table has no such cell.
        """
        to = next_state(incident.status, action)
        effects = TABLE[action].effects
        was_open = incident.open
        entry = ledger.enter(
            incident,
            ENTRY_OF[action],
            actor,
            text=text,
            set={"status": to, **fields_of(action, incident, actor, ledger.now), **(values or {})},
            metadata={"action": str(action), **(metadata or {})},
        )
        subject = incident_stream(incident.number)
        if effects.stops:
            ledger.disarm(subject, effects.stops)
        if effects.stops_paging:
            ledger.withdraw(incident.number, EffectKind.PAGE)
        if effects.starts_clocks:
            ledger.enter(
                incident,
                EntryType.INCIDENT_UPDATED,
                SYSTEM,
                set=targets(self.rules, incident, ledger.now),
                metadata={"clocks": "started"},
            )
            start_clocks(self.rules, ledger, incident)
        for timer in sorted(effects.starts):
            start_timer(self.rules, ledger, incident, timer)
        if effects.pages_level:
            self._page_after(ledger, incident, effects.pages_level)
        if incident.open is not was_open:
            by_hand = action is Action.REOPEN
            ledger.hold_groups(incident, incident.open, whole=by_hand)
        return entry

    # paging rounds

    def _page_after(self, ledger: Ledger, incident: Incident, which: str) -> None:
        """After a transition that pages: `first` by the severity's loudness, else loud."""
        level = 1 if which == "first" else incident.escalation_level
        ring = self._rings(incident) if which == "first" else True
        self.page_level(ledger, incident, level, ring=ring)

    def page_level(
        self,
        ledger: Ledger,
        incident: Incident,
        level: int,
        *,
        ring: bool,
        skip: frozenset[str] = frozenset(),
        manager: bool = False,
    ) -> Reached:
        """Tells a level (or the manager), and records whom; `skip` are people not rung again."""
        found = (
            self.paging.reach_manager(incident)
            if manager
            else self.paging.reach_level(incident, level)
        )
        reached = Reached(tuple(p for p in found.people if p not in skip), found.outside)
        step = "manager" if manager else str(level)
        if reached.nobody and not found.nobody:
            return reached
        values: dict[str, Any] = {"unreached": found.nobody}
        if ring:
            values["paged"] = joined(incident.paged, *reached.people)
        if incident.visibility is Visibility.PRIVATE:
            values["members"] = sorted({*incident.members, *reached.people})
        ledger.enter(
            incident,
            EntryType.PAGED,
            SYSTEM,
            set=values,
            metadata={
                "step": step,
                "people": list(reached.people),
                "outside": [str(target.kind) for target in reached.outside],
                "loud": ring,
            },
        )
        if ring:
            if not manager and self.paging.rings(reached):
                ledger.supersede(incident.number, incident.round)
            self.paging.ring(ledger, incident, reached, step)
        else:
            self.paging.tell_quietly(ledger, incident, reached, step, "escalated")
        return reached

    def page_again(self, ledger: Ledger, incident: Incident, actor: Actor, why: str) -> None:
        """A new round from level 1: an acknowledgement of the old one does not answer it."""
        ledger.enter(
            incident,
            EntryType.INCIDENT_UPDATED,
            actor,
            text=why,
            set={
                "round": incident.round + 1,
                "escalation_level": 1,
                "paged_again_at": ledger.now,
                **targets(self.rules, incident, ledger.now),
            },
            metadata={"paged_again": True},
        )
        start_clocks(self.rules, ledger, incident)
        self.page_level(ledger, incident, 1, ring=self._rings(incident))

    # severity

    def change_severity(
        self,
        ledger: Ledger,
        incident: Incident,
        to: Severity,
        actor: Actor,
        *,
        text: str = "",
        corrects: int | None = None,
        by_person: bool | None = None,
    ) -> Entry:
        """A person's severity is kept against alerts. Raising starts its policy at level 1 now.

        Who is already in it is not rung. Lowering takes pending pages back. Deadlines count from
        the change, so no breach is recorded for a time already past. An acknowledgement holds.
        `by_person` says whether it is kept against alerts from here on.
        """
        if by_person is None:
            by_person = incident.severity_by_person or actor.is_person
        rises = to.worse_than(incident.severity)
        acknowledged = incident.acknowledged
        next_round = incident.round + 1
        values: dict[str, Any] = {
            "severity": to,
            "severity_by_person": by_person,
            "round": next_round,
        }
        if acknowledged:
            values["acknowledged_round"] = next_round
        if rises:
            values["escalation_level"] = 1
            values["loudness"] = self._louder(incident, to)
        entry = ledger.enter(
            incident,
            EntryType.SEVERITY_CHANGED,
            actor,
            text=text,
            set=values,
            metadata={"rises": rises},
            corrects=corrects,
        )
        if not incident.open:
            return entry
        ledger.enter(
            incident,
            EntryType.INCIDENT_UPDATED,
            SYSTEM,
            set=targets(self.rules, incident, ledger.now),
            metadata={"clocks": "started"},
        )
        start_clocks(self.rules, ledger, incident)
        if rises:
            already = {*incident.paged, *incident.responders, incident.acknowledged_by or ""}
            self.page_level(
                ledger, incident, 1, ring=self._rings(incident), skip=frozenset(already)
            )
        else:
            ledger.withdraw(incident.number, EffectKind.PAGE)
        return entry

    def _louder(self, incident: Incident, to: Severity) -> str:
        """Raising may turn a quiet incident into a room, never a room into a thread."""
        order = ["quiet", "thread", "room"]
        wanted = str(self.rules.policies.severities[to].loudness)
        return max(incident.loudness, wanted, key=order.index)

    def unresolve(
        self,
        ledger: Ledger,
        incident: Incident,
        entry: Entry,
        entries: Sequence[Entry],
        actor: Actor,
    ) -> Entry:
        """Takes a resolution back: the state it was resolved from, its clocks, and no ringing.

        Raises:
            Conflict: it is not resolved any more.
        """
        if incident.status is not State.RESOLVED:
            raise Conflict(f"It is {incident.status} by now; there is no resolution to take back.")
        before = entry.metadata.get("before", {})
        since = int(before.get("seq", entry.seq - 1))
        back: dict[str, Any] = {}
        for later in entries:
            if since < later.seq <= entry.seq:
                for change in later.changes:
                    back.setdefault(change.field, revive(change.field, change.old))
        undone = ledger.enter(
            incident,
            EntryType.REOPENED,
            actor,
            text="The resolution was undone.",
            set={**back, **targets(self.rules, incident, ledger.now)},
            metadata={"undid": str(entry.type)},
            corrects=entry.seq,
        )
        ledger.disarm(incident_stream(incident.number), TABLE[Action.REOPEN].effects.stops)
        start_clocks(self.rules, ledger, incident)
        if incident.next_update_at is not None:
            due = max(incident.next_update_at, ledger.now)
            subject = incident_stream(incident.number)
            ledger.arm(subject, Timer.UPDATE_DUE, incident.round, due)
        ledger.hold_groups(incident, True, whole=True)
        return undone

    def ring(self, ledger: Ledger, incident: Incident, people: Sequence[str], step: str) -> None:
        self.paging.ring(ledger, incident, Reached(tuple(people)), step)

    def tell_quietly(
        self, ledger: Ledger, incident: Incident, people: Sequence[str], step: str, why: str
    ) -> None:
        self.paging.tell_quietly(ledger, incident, Reached(tuple(people)), step, why)

    def raise_by_alert(
        self, ledger: Ledger, incident: Incident, to: Severity, actor: Actor, why: str
    ) -> None:
        """An alert makes it worse: the severity rises by itself and a new round pages."""
        ledger.enter(
            incident,
            EntryType.SEVERITY_CHANGED,
            actor,
            text=why,
            set={
                "severity": to,
                "loudness": self._louder(incident, to),
                **targets(self.rules, incident, ledger.now),
            },
            metadata={"rises": True},
        )
        start_clocks(self.rules, ledger, incident)

    def escalate_by_clock(
        self, ledger: Ledger, incident: Incident, level: int, *, why: str
    ) -> bool:
        """The level a clock asks for; a rise inside ESCALATED is an entry, not a transition.

        Once acknowledged it is a quiet notice, unless the level rings despite that: then True.
        """
        loud = (
            not incident.acknowledged
            or self.paging.escalation(incident).level(level).ring_despite_ack
        )
        ledger.enter(
            incident,
            EntryType.ESCALATED,
            SYSTEM,
            text=why,
            set={
                "status": State.ESCALATED,
                "escalation_level": max(level, incident.escalation_level),
            },
            metadata={"level": level, "loud": loud, "action": str(Action.ESCALATE)},
        )
        self.page_level(ledger, incident, level, ring=loud)
        return loud
