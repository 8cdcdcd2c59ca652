"""Analyses that exist, for whom, and what people decide about their suggestions.

Whoever reads one must see its incident and every other incident in it as of now; what was made for
one person is theirs alone.
"""

from collections.abc import Sequence
from typing import Final

from bot.domain.errors import Invalid, NotFound
from bot.domain.incident import Incident
from bot.domain.people import Actor
from bot.engine.analysis.kinds import Finding
from bot.ports.analyses import DECIDED, Analyses, Analysis, Suggestion, SuggestionStatus
from bot.ports.queries import Queries, Viewer

SHOWN: Final = 50


class Kept:
    def __init__(self, analyses: Analyses, queries: Queries) -> None:
        self.analyses, self.queries = analyses, queries

    async def of(self, incident: Incident, actor: Actor) -> Sequence[Finding]:
        """Those that exist for this person now, newest first."""
        analyses = await self.analyses.of_incident(incident.number, SHOWN)
        own = {incident.number}
        seen = await self._seen({*own, *(n for one in analyses for n in one.mentions)}, actor)
        good = [one for one in analyses if _exists(one, actor, seen, also=own)]
        steps = await self.analyses.suggestions([one.id for one in good])
        return [Finding(one, [s for s in steps if s.analysis == one.id]) for one in good]

    async def pending(self, incident: Incident, actor: Actor) -> Sequence[Suggestion]:
        """What this person may press now, each command once."""
        found = [step for one in await self.of(incident, actor) for step in one.suggestions]
        waiting = [one for one in found if one.status is SuggestionStatus.PENDING]
        return list({one.command: one for one in waiting}.values())

    async def suggestion(self, id: str, actor: Actor) -> Suggestion:
        """Raises NotFound: there is none, or not for this person."""
        found = await self.analyses.suggestion(id)
        analysis = await self.analyses.analysis(found.analysis) if found else None
        if found is None or analysis is None:
            raise NotFound("There is no such suggestion.")
        numbers = {found.incident, *analysis.mentions}
        if not _exists(analysis, actor, await self._seen(numbers, actor), also={found.incident}):
            raise NotFound("There is no such suggestion.")
        return found

    async def reject(self, id: str, actor: Actor, reason: str = "") -> None:
        """Raises Invalid: somebody decided it before."""
        rejected = SuggestionStatus.REJECTED
        if not await self.analyses.decide(id, rejected, by=actor.id, reason=reason[:500]):
            raise Invalid(DECIDED)

    async def rate(self, id: str, rating: int) -> None:
        if not 1 <= rating <= 5:
            raise Invalid("Rate it from 1 to 5.", field="rating")
        await self.analyses.rate(id, rating)

    async def _seen(self, numbers: set[int], actor: Actor) -> set[int]:
        return set(await self.queries.ids(numbers, Viewer(actor.id)))


def _exists(
    analysis: Analysis, actor: Actor, seen: set[int], also: frozenset[int] | set[int] = frozenset()
) -> bool:
    own = not analysis.private or analysis.asked_by == actor.id
    return own and seen.issuperset({*analysis.mentions, *also})
