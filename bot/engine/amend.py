"""Several fields changed at once: one transaction, and for each the entry that it deserves.

Programs say what an incident should look like, where people give one command after the other.
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.domain.entry import Entry, EntryType
from bot.domain.errors import Invalid, NotFound
from bot.domain.incident import Incident, Visibility
from bot.domain.ledger import Ledger
from bot.domain.severity import Severity
from bot.engine.acts.base import TEXT_LIMIT, TITLE_LIMIT, Ask, Done, check_fresh, check_text, sees
from bot.engine.authorise import authorise
from bot.engine.life import Life
from bot.engine.rules import Rules
from bot.engine.work import Work
from bot.ports.failpoint import failpoint
from bot.ports.store import Lane, Unit

PLAIN: Final = ("description", "category", "impact", "service", "environment")
"""Fields that are what they are told to be, and nothing follows from it."""

VERB_OF: Final = {
    **dict.fromkeys(("title", *PLAIN), "rename"),
    "severity": "severity",
    "assigned_to": "assign",
}


class Amend:
    def __init__(self, work: Work, rules: Rules, life: Life) -> None:
        self.work, self.rules, self.life = work, rules, life

    async def __call__(self, number: int, values: Mapping[str, Any], ask: Ask) -> Done:
        """Makes these fields (keys of VERB_OF) what `values` says; None clears one.

        Raises:
            NotFound, Forbidden, Stale.
            Invalid: a text is missing or too long, or a person is unknown.
        """
        values = self._checked(values)

        async def do(unit: Unit) -> Done:
            incident = await unit.incident(number)
            if not sees(ask.actor, incident):
                raise NotFound(f"There is no incident #{number}.")
            for name in values:
                authorise(ask.actor, VERB_OF[name], incident)
            await check_fresh(unit, incident, ask)
            entry = self._write(unit.ledger, incident, values, ask)
            return Done(incident, entry, changed=entry is not None)

        done = await self.work(do, lane=Lane.COMMANDS, call=ask.call)
        await failpoint("incidents.after_act")
        return done

    def _checked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        checked = dict(values)
        if "title" in checked:
            checked["title"] = check_text("title", checked["title"], TITLE_LIMIT, required=True)
        if "description" in checked:
            checked["description"] = check_text(
                "description", checked["description"] or "", TEXT_LIMIT
            )
        person = checked.get("assigned_to")
        if person is not None and person not in self.rules.policies.people:
            raise Invalid(f"I know nobody called {person!r}.", field="assigned_to")
        return checked

    def _write(
        self, ledger: Ledger, incident: Incident, values: Mapping[str, Any], ask: Ask
    ) -> Entry | None:
        """The last entry made; None where everything was so already."""
        entry: Entry | None = None
        plain = {name: values[name] for name in PLAIN if name in values}
        steps: tuple[tuple[EntryType, Mapping[str, Any]], ...] = (
            (EntryType.RENAMED, {"title": values["title"]} if "title" in values else {}),
            (EntryType.INCIDENT_UPDATED, plain),
            (EntryType.ASSIGNED, _assigned(incident, values)),
        )
        for type, fields in steps:
            if incident.diff(fields):
                entry = ledger.enter(incident, type, ask.actor, set=fields)
        severity: Severity | None = values.get("severity")
        if severity is not None and severity is not incident.severity:
            entry = self.life.change_severity(ledger, incident, severity, ask.actor)
        return entry


def _assigned(incident: Incident, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who is given an incident is a responder, and may see it."""
    if "assigned_to" not in values or values["assigned_to"] == incident.assigned_to:
        return {}
    person = values["assigned_to"]
    fields: dict[str, Any] = {"assigned_to": person}
    if person is not None:
        fields["responders"] = [*dict.fromkeys([*incident.responders, person])]
        if incident.visibility is Visibility.PRIVATE:
            fields["members"] = sorted({*incident.members, person})
    return fields
