"""What an analysis suggests: commands that a person may press.

Who is on call, and what fixed past incidents, is no model's idea: it stands in schedules and on
records.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.cards.names import person_name
from bot.domain.incident import Incident
from bot.domain.policy import Target, TargetKind
from bot.domain.severity import Severity
from bot.engine.analysis.shapes import Sorting, is_verified
from bot.engine.knowledge.asking import Similar
from bot.engine.oncall import OnCall
from bot.engine.rules import Rules
from bot.ports.analyses import Analysis, Suggestion, SuggestionKind

A_STEP: Final = 300
"""Characters of a suggested step."""

RELATED: Final = 2


@dataclass(frozen=True, slots=True)
class Offering:
    new_id: Callable[[], str]
    rules: Rules
    oncall: OnCall

    def sorting(self, said: Sorting, analysis: Analysis, incident: Incident) -> list[Suggestion]:
        """Another severity or category, for a reason that stands on the record; and an assignee."""
        why = " ".join(one.text for one in said.reasons if is_verified(one))
        if not why:
            return []
        number, made = incident.number, []
        if Severity(said.severity) is not incident.severity:
            made.append(
                self._made(
                    analysis,
                    SuggestionKind.PRIORITY_ADJUSTMENT,
                    f"{incident.severity} → {said.severity}: {why}",
                    f"severity #{number} {said.severity} as suggested",
                )
            )
        if said.category != incident.category:
            made.append(
                self._made(
                    analysis,
                    SuggestionKind.CATEGORY_CHANGE,
                    f"{incident.category} → {said.category}: {why}",
                    f"category #{number} {said.category}",
                )
            )
        return [*made, *self._assignment(analysis, incident)]

    def _assignment(self, analysis: Analysis, incident: Incident) -> list[Suggestion]:
        policies = self.rules.policies
        service = policies.services.get(incident.service or "")
        team = incident.team or (service.owner if service else None)
        people = self.oncall.people(Target(kind=TargetKind.ONCALL), team) if team else ()
        if incident.assigned_to is not None or not people:
            return []
        return [
            self._made(
                analysis,
                SuggestionKind.ASSIGNMENT,
                f"{person_name(policies.people, people[0])} is on call for {team}.",
                f"assign #{incident.number} {people[0]}",
            )
        ]

    def related(
        self, near: Sequence[Similar], analysis: Analysis, incident: Incident
    ) -> list[Suggestion]:
        """A note that names a past incident."""
        return [
            self._made(
                analysis,
                SuggestionKind.RELATED_INCIDENTS,
                f"#{one.document.incident} looks like this one: {one.document.title}",
                f"note #{incident.number} Looks like #{one.document.incident}",
            )
            for one in [one for one in near if one.document.incident is not None][:RELATED]
        ]

    def step(self, analysis: Analysis, incident: Incident, text: str) -> Suggestion:
        """Something to try, as a task."""
        step = " ".join(text.split())[:A_STEP]
        return self._made(
            analysis, SuggestionKind.RESOLUTION, step, f"task #{incident.number} Try: {step}"
        )

    def _made(
        self, analysis: Analysis, kind: SuggestionKind, text: str, command: str
    ) -> Suggestion:
        assert analysis.incident is not None
        return Suggestion(
            id=self.new_id(),
            analysis=analysis.id,
            incident=analysis.incident,
            kind=kind,
            text=text,
            command=" ".join(command.split()),
            confidence=analysis.confidence,
            made_at=analysis.made_at,
        )
