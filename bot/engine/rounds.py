"""Rounds of paging: who is told of an incident, at which level, loudly or quietly."""

from collections.abc import Sequence
from typing import Any

from bot.domain.entry import EntryType
from bot.domain.incident import Incident, Visibility
from bot.domain.ledger import Ledger
from bot.domain.lifecycle import Action, State
from bot.domain.people import SYSTEM, Actor
from bot.domain.policy import Telling
from bot.engine.changes import joined
from bot.engine.clocks import start_clocks, targets
from bot.engine.paging import Paging, Reached
from bot.engine.rules import Rules


class Rounds:
    def __init__(self, rules: Rules, paging: Paging) -> None:
        self.rules, self.paging = rules, paging

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

    def ring(self, ledger: Ledger, incident: Incident, people: Sequence[str], step: str) -> None:
        self.paging.ring(ledger, incident, Reached(tuple(people)), step)

    def tell_quietly(
        self, ledger: Ledger, incident: Incident, people: Sequence[str], step: str, why: str
    ) -> None:
        self.paging.tell_quietly(ledger, incident, Reached(tuple(people)), step, why)

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
