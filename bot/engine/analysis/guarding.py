"""The guard of status updates: rules always, and a model's eye where there is time for it.

It only looks, and remembers nothing: whoever means it says so with what they send.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bot.domain.incident import Incident
from bot.domain.people import Actor
from bot.engine.analysis.analysing import Analysing
from bot.engine.analysis.consulting import Costly, Inquiry, NoModel, Shape
from bot.engine.analysis.record import Record
from bot.engine.analysis.shapes import Traced
from bot.engine.analysis.update_rules import warnings
from bot.ports.queries import Queries, Viewer

SECONDS: Final = 5.0
"""That somebody waits for a model before an update goes out."""

CLAIM: Final = 10
"""Characters of a claim; what is shorter says nothing."""


class Contradictions(Shape):
    claims: list[Traced]


class Guarding:
    def __init__(self, analysing: Analysing, queries: Queries) -> None:
        self.analysing, self.queries = analysing, queries

    async def look(
        self,
        number: int,
        actor: Actor,
        *,
        known: str,
        doing: str,
        next_in: timedelta | None,
        model: bool = False,
    ) -> Sequence[str]:
        """What to look at once more; nothing where all fits.

        `next_in` as in `warnings`; None takes the severity's own. `model`: there is time for one.
        """
        incident = await self.queries.incident(number, Viewer(actor.id))
        if incident is None or not known.strip():
            return ()
        if next_in is None:
            policies = self.analysing.rules.policies
            next_in = policies.severities[incident.severity].update_every
        found = warnings(incident, known, doing, next_in)
        if model and not found and self.analysing.ready:
            found = await self._contradicted(incident, actor, f"{known}\n{doing}".strip())
        return found

    async def _contradicted(self, incident: Incident, actor: Actor, text: str) -> list[str]:
        """What a model holds against it: parts of these very words, each with a line of the record.
        It can only point."""
        try:
            record = await self.analysing.record(incident, actor)
            told = await self.analysing.consulting.ask(
                Inquiry(
                    kind="update_check",
                    shape=Contradictions,
                    data=[("the record of the incident", record.text()), ("the update", text)],
                    check=lambda said: _pointed(said, text, record),
                    incident=incident.number,
                    asked_by=actor.id,
                    private=True,
                    seconds=SECONDS,
                )
            )
        except (NoModel, Costly):
            return []
        return [
            f"A model holds “{one.text}” against the record: {record.lines[one.sources[0]]}"
            for one in told.said.claims
        ]


def _pointed(said: Contradictions, text: str, record: Record) -> Contradictions:
    """Claims that stand in the update, against lines that exist."""
    good = [
        Traced(text=one.text, sources=[label for label in one.sources if label in record.lines])
        for one in said.claims
        if len(one.text) >= CLAIM and one.text in text
    ]
    return Contradictions(claims=[one for one in good if one.sources][:3])
