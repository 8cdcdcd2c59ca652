"""Analyses of an incident: what a model, or the record alone, makes of it.

The seven kinds, and what each may suggest. Whoever reads a stored one must see the incident and
every other incident in it as of now; what was made for one person is theirs alone.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from bot.cards.names import person_name
from bot.domain.errors import Invalid, NotFound
from bot.domain.incident import Incident, Visibility
from bot.domain.people import Actor
from bot.domain.policy import Target, TargetKind
from bot.domain.severity import Severity
from bot.engine.analysis.consulting import Consulting, Inquiry, NoModel, Shape, Told
from bot.engine.analysis.harmless import harmless
from bot.engine.analysis.record import Record, record_of
from bot.engine.analysis.shapes import (
    Draft,
    Findings,
    Sorting,
    Traced,
    checked_draft,
    checked_findings,
    checked_sorting,
)
from bot.engine.knowledge.asking import Knowledge, Similar
from bot.engine.knowledge.telling import Answered, believable
from bot.engine.oncall import OnCall
from bot.engine.rules import Rules
from bot.ports.analyses import (
    Analysis,
    Suggestion,
    SuggestionKind,
    SuggestionStatus,
)
from bot.ports.queries import Queries, Viewer

SIMILAR: Final = 5
ANYBODY: Final = Viewer()
"""What is kept with an incident may be read by all who see it: nothing else is put into it."""

SHOWN: Final = 50
A_STEP: Final = 300
"""Characters of a suggested step."""


class Kind(StrEnum):
    CATEGORIZATION = "categorization"
    SIMILARITY = "similarity"
    RESOLUTION_SUGGESTION = "resolution_suggestion"
    ROOT_CAUSE = "root_cause"
    IMPACT_ASSESSMENT = "impact_assessment"
    SUMMARY = "summary"
    STATUS_UPDATE = "status_update"


OWN: Final = frozenset({Kind.SUMMARY, Kind.STATUS_UPDATE})
"""Made for whoever asked, and shown to nobody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`since`: when the asker left. `yes`: it may cost more than is asked about. `seconds`: how
    long a model may take."""

    incident: Incident
    actor: Actor
    since: datetime | None = None
    yes: bool = False
    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Finding:
    analysis: Analysis
    suggestions: Sequence[Suggestion] = ()


Make = Callable[[Wanted], Awaitable[Finding]]


class Analysing:
    def __init__(
        self,
        consulting: Consulting,
        knowledge: Knowledge,
        queries: Queries,
        rules: Rules,
        oncall: OnCall,
    ) -> None:
        self.consulting, self.knowledge, self.oncall = consulting, knowledge, oncall
        self.queries, self.rules = queries, rules
        self._makes: Mapping[Kind, Make] = {
            Kind.CATEGORIZATION: self._categorize,
            Kind.SIMILARITY: self._compare,
            Kind.RESOLUTION_SUGGESTION: self._advise,
            Kind.ROOT_CAUSE: self._find,
            Kind.IMPACT_ASSESSMENT: self._assess,
            Kind.SUMMARY: self._summarise,
            Kind.STATUS_UPDATE: self._draft,
        }

    @property
    def ready(self) -> bool:
        return self.consulting.ready

    async def run(self, kind: Kind, wanted: Wanted) -> Finding:
        """Makes it, or finds it made.

        Raises:
            NoModel: it needs a model, and none answers.
            Costly: it needs a yes.
        """
        return await self._makes[kind](wanted)

    async def of(self, incident: Incident, actor: Actor) -> Sequence[Finding]:
        """Those that exist for this person now, newest first."""
        analyses = await self.consulting.analyses.of_incident(incident.number, SHOWN)
        own = {incident.number}
        seen = await self._seen({*own, *(n for one in analyses for n in one.mentions)}, actor)
        good = [one for one in analyses if _exists(one, actor, seen, also=own)]
        steps = await self.consulting.analyses.suggestions([one.id for one in good])
        return [Finding(one, [s for s in steps if s.analysis == one.id]) for one in good]

    async def pending(self, incident: Incident, actor: Actor) -> Sequence[Suggestion]:
        """What this person may press now, each command once."""
        found = [step for one in await self.of(incident, actor) for step in one.suggestions]
        waiting = [one for one in found if one.status is SuggestionStatus.PENDING]
        return list({one.command: one for one in waiting}.values())

    async def suggestion(self, id: str, actor: Actor) -> Suggestion:
        """Raises NotFound: there is none, or not for this person."""
        found = await self.consulting.analyses.suggestion(id)
        analysis = await self.consulting.analyses.analysis(found.analysis) if found else None
        if found is None or analysis is None:
            raise NotFound("There is no such suggestion.")
        numbers = {found.incident, *analysis.mentions}
        if not _exists(analysis, actor, await self._seen(numbers, actor), also={found.incident}):
            raise NotFound("There is no such suggestion.")
        return found

    async def decide(
        self, id: str, status: SuggestionStatus, actor: Actor, reason: str = ""
    ) -> None:
        """Raises Invalid: somebody decided it before."""
        if not await self.consulting.analyses.decide(id, status, by=actor.id, reason=reason[:500]):
            raise Invalid("That was decided already.")

    async def reopen(self, id: str) -> None:
        """It could not be done; somebody may try again."""
        await self.consulting.analyses.reopen(id)

    async def rate(self, id: str, rating: int) -> None:
        if not 1 <= rating <= 5:
            raise Invalid("Rate it from 1 to 5.", field="rating")
        await self.consulting.analyses.rate(id, rating)

    async def _seen(self, numbers: set[int], actor: Actor) -> set[int]:
        if not numbers:
            return set()
        found = await self.queries.incidents_numbered(sorted(numbers), Viewer(actor.id))
        return {one.number for one in found}

    # the kinds

    async def _find(self, wanted: Wanted) -> Finding:
        return await self._findings(Kind.ROOT_CAUSE, wanted)

    async def _assess(self, wanted: Wanted) -> Finding:
        return await self._findings(Kind.IMPACT_ASSESSMENT, wanted)

    async def _summarise(self, wanted: Wanted) -> Finding:
        return await self._findings(Kind.SUMMARY, wanted)

    async def _findings(self, kind: Kind, wanted: Wanted) -> Finding:
        record = await self._record(wanted)
        return await self._ask(
            kind,
            wanted,
            record,
            Findings,
            lambda said: checked_findings(said, record, self.consulting.hosts),
            confidence=lambda said: said.confidence if said.sentences else 0.0,
        )

    async def _draft(self, wanted: Wanted) -> Finding:
        record = await self._record(wanted)
        return await self._ask(
            Kind.STATUS_UPDATE,
            wanted,
            record,
            Draft,
            lambda said: checked_draft(said, record, self.consulting.hosts),
            confidence=lambda said: said.confidence if said.known else 0.0,
        )

    async def _categorize(self, wanted: Wanted) -> Finding:
        record = await self._record(wanted)
        return await self._ask(
            Kind.CATEGORIZATION,
            wanted,
            record,
            Sorting,
            lambda said: checked_sorting(said, record, self.consulting.hosts),
            confidence=lambda said: said.confidence if said.reasons else 0.0,
            suggest=lambda said, analysis: self._sorted(said, analysis, wanted.incident),
        )

    def _sorted(self, said: Sorting, analysis: Analysis, incident: Incident) -> list[Suggestion]:
        """Nothing without a reason that is on the record."""
        if not said.reasons:
            return []
        why, number = " ".join(one.text for one in said.reasons), incident.number
        made = []
        if Severity(said.severity) is not incident.severity:
            made.append(
                self._suggestion(
                    analysis,
                    SuggestionKind.PRIORITY_ADJUSTMENT,
                    f"{incident.severity} → {said.severity}: {why}",
                    f"severity #{number} {said.severity} as suggested",
                )
            )
        if said.category != incident.category:
            made.append(
                self._suggestion(
                    analysis,
                    SuggestionKind.CATEGORY_CHANGE,
                    f"{incident.category} → {said.category}: {why}",
                    f"category #{number} {said.category}",
                )
            )
        return [*made, *self._assignment(analysis, incident)]

    def _assignment(self, analysis: Analysis, incident: Incident) -> list[Suggestion]:
        """Who is on call for the service is no model's idea: it stands in the schedules."""
        service = self.rules.policies.services.get(incident.service or "")
        team = incident.team or (service.owner if service else None)
        people = self.oncall.people(Target(kind=TargetKind.ONCALL), team) if team else ()
        if incident.assigned_to is not None or not people:
            return []
        return [
            self._suggestion(
                analysis,
                SuggestionKind.ASSIGNMENT,
                f"{person_name(self.rules.policies.people, people[0])} is on call for {team}.",
                f"assign #{incident.number} {people[0]}",
            )
        ]

    async def _compare(self, wanted: Wanted) -> Finding:
        """Needs no model."""
        incident = wanted.incident
        near = await self.knowledge.similar(incident, ANYBODY, limit=SIMILAR)
        analysis = replace(
            self._own(Kind.SIMILARITY, wanted),
            mentions=_numbers(near),
            result={"similar": [_shown(one) for one in near]},
        )
        related = [one for one in near if one.document.incident is not None]
        steps = [
            self._suggestion(
                analysis,
                SuggestionKind.RELATED_INCIDENTS,
                f"#{one.document.incident} looks like this one: {one.document.title}",
                f"note #{incident.number} Looks like #{one.document.incident}",
            )
            for one in related[:2]
        ]
        await self.consulting.analyses.keep(analysis, steps)
        return Finding(analysis, steps)

    async def _advise(self, wanted: Wanted) -> Finding:
        """Steps that past incidents and runbooks say, in their words. Without a model, what fixed
        the past ones."""
        near = await self.knowledge.similar(wanted.incident, ANYBODY, limit=SIMILAR)
        if not near:
            return await self._advised_by_record(wanted, near)
        known = {str(place): one.document for place, one in enumerate(near, 1)}
        record = await self._record(wanted)
        data = [("the record of the incident that is open", record.text())]
        data += [(f'the document "{n}"', f'document "{n}"\n{d.text}') for n, d in known.items()]
        try:
            told = await self.consulting.ask(
                Inquiry(
                    kind=Kind.RESOLUTION_SUGGESTION,
                    shape=Answered,
                    data=data,
                    check=lambda said: believable(said, known, self.consulting.hosts),
                    suggest=lambda said, analysis: [
                        self._step(analysis, wanted.incident, one.text) for one in said.sentences
                    ],
                    confidence=lambda said: min(1.0, near[0].score / 10) if said.sentences else 0.0,
                    mentions=_numbers(near),
                    **self._about(wanted, Kind.RESOLUTION_SUGGESTION),
                )
            )
        except NoModel:
            return await self._advised_by_record(wanted, near)
        if not told.said.sentences:
            return await self._advised_by_record(wanted, near)
        return await self._with_suggestions(told)

    async def _advised_by_record(self, wanted: Wanted, near: Sequence[Similar]) -> Finding:
        analysis = replace(
            self._own(Kind.RESOLUTION_SUGGESTION, wanted),
            mentions=_numbers(near),
            result={"similar": [_shown(one) for one in near if one.fix]},
        )
        fixes = list(dict.fromkeys(one.fix for one in near if one.fix and harmless(one.fix)))[:3]
        steps = [self._step(analysis, wanted.incident, fix) for fix in fixes]
        await self.consulting.analyses.keep(analysis, steps)
        return Finding(analysis, steps)

    # what they share

    async def _ask(
        self,
        kind: Kind,
        wanted: Wanted,
        record: Record,
        shape: type[Any],
        check: Callable[[Any], Shape],
        *,
        confidence: Callable[[Any], float],
        suggest: Callable[[Any, Analysis], Sequence[Suggestion]] = lambda said, analysis: (),
    ) -> Finding:
        since = f" since {wanted.since:%Y-%m-%d %H:%M} UTC" if wanted.since else ""
        told = await self.consulting.ask(
            Inquiry(
                kind=kind,
                shape=shape,
                data=[(f"the record of the incident{since}", record.text())],
                check=check,
                confidence=confidence,
                suggest=suggest,
                **self._about(wanted, kind),
            )
        )
        return await self._with_suggestions(told)

    async def _with_suggestions(self, told: Told[Any]) -> Finding:
        kept = await self.consulting.analyses.suggestions([told.analysis.id])
        return Finding(replace(told.analysis, result=told.said.model_dump()), kept)

    def _about(self, wanted: Wanted, kind: Kind) -> dict[str, Any]:
        return {
            "incident": wanted.incident.number,
            "asked_by": wanted.actor.id,
            "private": kind in OWN,
            "yes": wanted.yes,
            "seconds": wanted.seconds,
        }

    def _own(self, kind: Kind, wanted: Wanted) -> Analysis:
        """One that no model was asked for."""
        return Analysis(
            id=self.consulting.new_id(),
            kind=kind,
            incident=wanted.incident.number,
            asked_by=wanted.actor.id,
            made_at=self.consulting.clock.now(),
        )

    async def _record(self, wanted: Wanted) -> Record:
        return await self.record(wanted.incident, wanted.actor, since=wanted.since)

    async def record(
        self, incident: Incident, actor: Actor, *, since: datetime | None = None
    ) -> Record:
        """What is on the record for this person; of a public incident, for everybody."""
        public = incident.visibility is Visibility.PUBLIC
        viewer = ANYBODY if public else Viewer(actor.id)
        return await asyncio.to_thread(
            record_of,
            incident,
            await self.queries.entries(incident.number, viewer),
            await self.queries.alerts_of(incident.number, viewer),
            self.rules.policies,
            since=since,
        )

    def _step(self, analysis: Analysis, incident: Incident, text: str) -> Suggestion:
        step = " ".join(text.split())[:A_STEP]
        return self._suggestion(
            analysis, SuggestionKind.RESOLUTION, step, f"task #{incident.number} Try: {step}"
        )

    def _suggestion(
        self, analysis: Analysis, kind: SuggestionKind, text: str, command: str
    ) -> Suggestion:
        assert analysis.incident is not None
        return Suggestion(
            id=self.consulting.new_id(),
            analysis=analysis.id,
            incident=analysis.incident,
            kind=kind,
            text=text,
            command=" ".join(command.split()),
            confidence=analysis.confidence,
            made_at=analysis.made_at,
        )


def sentences_of(analysis: Analysis) -> list[Traced]:
    """What it says, sentence by sentence, whatever its kind."""
    found: list[Traced] = []
    for name in ("sentences", "known", "doing", "reasons"):
        for one in analysis.result.get(name) or ():
            sources = one.get("sources") or [c["document"] for c in one.get("citations") or ()]
            found.append(Traced(text=one["text"], sources=sources))
    return found


def _exists(
    analysis: Analysis, actor: Actor, seen: set[int], also: frozenset[int] | set[int] = frozenset()
) -> bool:
    own = not analysis.private or analysis.asked_by == actor.id
    return own and seen.issuperset({*analysis.mentions, *also})


def _numbers(near: Sequence[Similar]) -> tuple[int, ...]:
    return tuple(sorted({n for one in near if (n := one.document.incident) is not None}))


def _shown(one: Similar) -> dict[str, Any]:
    return {
        "document": one.document.id,
        "title": one.document.title,
        "fix": one.fix,
        "score": one.score,
    }
