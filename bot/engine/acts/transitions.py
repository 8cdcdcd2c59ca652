"""The state machine, driven by people."""

from collections.abc import Mapping
from typing import Any, Final

from bot.domain.effect import EffectKind
from bot.domain.entry import EntryType
from bot.domain.errors import IllegalTransition, Invalid
from bot.domain.incident import Incident, Outcome
from bot.domain.lifecycle import Action, State, allowed, path
from bot.engine.acts.base import Acting, Ask, Done, check_fresh
from bot.engine.authorise import authorise
from bot.ports.failpoint import failpoint
from bot.ports.store import Lane, Unit

VERB_OF: Final[dict[Action, str]] = {
    Action.ACKNOWLEDGE: "ack",
    Action.TAKE: "ack",
    Action.START_WORK: "start",
    Action.ESCALATE: "escalate",
    Action.RAISE: "escalate",
    Action.DEESCALATE: "deescalate",
    Action.RESOLVE: "resolve",
    Action.RELEASE: "release",
    Action.REOPEN: "reopen",
    Action.CLOSE: "close",
}


class Transitions(Acting):
    """What the matrix allows, and the one-press ways through it."""

    async def act(
        self,
        number: int,
        action: Action,
        ask: Ask,
        *,
        text: str = "",
        values: Mapping[str, Any] | None = None,
    ) -> Done:
        """Exactly this transition, as the matrix allows it; a second `take` only joins.

        Raises:
            NotFound, Forbidden, IllegalTransition, Conflict: reopening while another open incident
                holds the group.
        """
        verb = VERB_OF[action]

        async def whole(unit: Unit) -> Done:
            incident = await self._seen(unit, number, ask)
            authorise(ask.actor, verb, incident)
            await check_fresh(unit, incident, ask)
            if action is Action.TAKE and incident.open and incident.acknowledged:
                return self._join(unit, incident, ask)
            if action is Action.REOPEN:
                await self._may_reopen(unit, incident, ask)
            entry = self.life.act(
                unit.ledger, incident, action, ask.actor, text=text, values=values
            )
            return Done(incident, entry)

        done = await self.work(whole, lane=Lane.COMMANDS, call=ask.call)
        await failpoint("incidents.after_act")
        return done

    async def ack(self, number: int, ask: Ask) -> Done:
        """ "I have it", from wherever: acknowledge in NEW, take elsewhere.

        A second or late one is never an error: it changes nothing but adds the asker as responder,
        and ends what still rings the asker alone.
        """

        def do(unit: Unit, incident: Incident) -> Done:
            if not incident.open:
                return Done(incident, changed=False)
            if incident.acknowledged:
                return self._join(unit, incident, ask)
            action = Action.ACKNOWLEDGE if incident.status is State.NEW else Action.TAKE
            return Done(incident, self.life.act(unit.ledger, incident, action, ask.actor))

        return await self._act(number, ask, "ack", do)

    def _join(self, unit: Unit, incident: Incident, ask: Ask) -> Done:
        """Somebody has it since the first one, who stays; the asker's own ringing ends."""
        unit.ledger.withdraw(incident.number, EffectKind.PAGE, f"person:{ask.actor.id}")
        if ask.actor.id in incident.responders or not ask.actor.is_person:
            return Done(incident, changed=False)
        entry = unit.ledger.enter(
            incident,
            EntryType.INCIDENT_UPDATED,
            ask.actor,
            text="joined as a responder",
            set={"responders": [*incident.responders, ask.actor.id]},
        )
        return Done(incident, entry, changed=False)

    async def escalate(self, number: int, ask: Ask, *, text: str = "") -> Done:
        """The next level now: `escalate`, or `raise` where it is ESCALATED already.

        Raises:
            IllegalTransition: it was escalated since the version the asker looked at, so that
                the level they meant is rung already.
        """

        async def whole(unit: Unit) -> Done:
            incident = await self._seen(unit, number, ask)
            authorise(ask.actor, "escalate", incident)
            await self._not_escalated_since(unit, incident, ask)
            action = Action.RAISE if incident.status is State.ESCALATED else Action.ESCALATE
            entry = self.life.act(unit.ledger, incident, action, ask.actor, text=text)
            return Done(incident, entry)

        done = await self.work(whole, lane=Lane.COMMANDS, call=ask.call)
        await failpoint("incidents.after_act")
        return done

    async def _not_escalated_since(self, unit: Unit, incident: Incident, ask: Ask) -> None:
        if ask.seen is None or not incident.open:
            return
        since = await unit.entries(incident.number, after=ask.seen)
        if any(entry.type is EntryType.ESCALATED for entry in since):
            raise IllegalTransition(
                f"#{incident.number} was escalated after you saw this button, and is at level"
                f" {incident.escalation_level}. Escalate further?",
                allowed=allowed(incident.status),
            )

    async def resolve(
        self, number: int, ask: Ask, *, outcome: Outcome = Outcome.FIXED, text: str = ""
    ) -> Done:
        """By the shortest legal path, recorded as the transitions it is."""

        def do(unit: Unit, incident: Incident) -> Done:
            if not incident.open:
                return Done(incident, changed=False)
            entry = None
            before = {
                "status": str(incident.status),
                "acknowledged_by": incident.acknowledged_by,
                "seq": incident.version,
            }
            for action in path(incident.status, State.RESOLVED):
                last = action is Action.RESOLVE
                entry = self.life.act(
                    unit.ledger,
                    incident,
                    action,
                    ask.actor,
                    text=text if last else "",
                    values={"outcome": outcome, "resolution": text} if last else None,
                    metadata={"before": before} if last else None,
                )
            return Done(incident, entry)

        return await self._act(number, ask, "resolve", do)

    async def release(self, number: int, ask: Ask) -> Done:
        """Gives a mistaken acknowledgement back, and pages again from the current level."""

        def do(unit: Unit, incident: Incident) -> Done:
            if not incident.acknowledged:
                raise Invalid("Nobody has it, so there is nothing to give back.")
            return Done(incident, self.life.act(unit.ledger, incident, Action.RELEASE, ask.actor))

        return await self._act(number, ask, "release", do)
