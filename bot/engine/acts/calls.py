"""Ringing people by hand, and making it stop."""

from collections.abc import Sequence
from typing import Any

from bot.domain.effect import EffectKind
from bot.domain.entry import EntryType, incident_stream
from bot.domain.incident import Incident, Visibility
from bot.domain.lifecycle import Timer
from bot.engine.acts.base import Acting, Ask, Done
from bot.ports.store import Unit


class Calls(Acting):
    """Pages that no clock asked for."""

    async def page(self, number: int, people: Sequence[str], ask: Ask, *, text: str = "") -> Done:
        """Rings these people now, whatever has been acknowledged."""
        for person in people:
            self._known_person(person)

        def do(unit: Unit, incident: Incident) -> Done:
            values: dict[str, Any] = {
                "paged": [*dict.fromkeys([*incident.paged, *people])],
                "unreached": False,
            }
            if incident.visibility is Visibility.PRIVATE:
                values["members"] = sorted({*incident.members, *people})
            entry = unit.ledger.enter(
                incident,
                EntryType.PAGED,
                ask.actor,
                text=text,
                set=values,
                metadata={"step": "by hand", "people": list(people), "loud": True},
            )
            self.life.ring(unit.ledger, incident, people, f"hand-{entry.seq}")
            return Done(incident, entry)

        return await self._act(number, ask, "page", do)

    async def cancel_pages(self, number: int, ask: Ask) -> Done:
        """Stops the remaining steps, and tells those already reached."""

        def do(unit: Unit, incident: Incident) -> Done:
            unit.ledger.disarm(
                incident_stream(incident.number), [Timer.ACKNOWLEDGE, Timer.RESOLVE, Timer.MANAGER]
            )
            unit.ledger.withdraw(incident.number, EffectKind.PAGE)
            entry = unit.ledger.enter(
                incident,
                EntryType.PAGED,
                ask.actor,
                text="Paging was cancelled.",
                metadata={"step": "cancelled", "people": list(incident.paged)},
            )
            self.life.tell_quietly(
                unit.ledger, incident, incident.paged, f"cancel-{entry.seq}", "cancelled"
            )
            return Done(incident, entry)

        return await self._act(number, ask, "page", do)
