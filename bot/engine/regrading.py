"""An incident gets another severity, from a person or from an alert; what pages, and how loud."""

from typing import Any

from bot.domain.effect import EffectKind
from bot.domain.entry import Entry, EntryType
from bot.domain.incident import Incident
from bot.domain.ledger import Ledger
from bot.domain.people import SYSTEM, Actor
from bot.domain.severity import Severity
from bot.engine.clocks import start_clocks, targets
from bot.engine.rounds import Rounds


class Regrading(Rounds):
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
