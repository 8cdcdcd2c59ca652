"""What happens to an incident: opening, transitions, and taking a resolution back.

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
from bot.engine.changes import fields_of
from bot.engine.clocks import start_clocks, start_timer, targets
from bot.engine.paging import Reached
from bot.engine.regrading import Regrading

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


class Life(Regrading):
    """All of it: bot.engine.rounds pages, bot.engine.regrading changes the severity."""

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

    def _page_after(self, ledger: Ledger, incident: Incident, which: str) -> None:
        """After a transition that pages: `first` by the severity's loudness, else loud."""
        level = 1 if which == "first" else incident.escalation_level
        ring = self._rings(incident) if which == "first" else True
        self.page_level(ledger, incident, level, ring=ring)

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
