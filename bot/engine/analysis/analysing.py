"""Analyses of an incident: what a model, or the record alone, makes of it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from bot.domain.errors import Invalid
from bot.domain.incident import Incident, Visibility
from bot.domain.people import Actor
from bot.engine.analysis.consulting import NOT_PRIVATE, Consulting, Inquiry, NoModel, Shape, Told
from bot.engine.analysis.harmless import harmless
from bot.engine.analysis.kept import Kept
from bot.engine.analysis.kinds import OWN, Finding, Kind, Wanted
from bot.engine.analysis.offering import Offering
from bot.engine.analysis.record import Record, record_of
from bot.engine.analysis.shapes import (
    Draft,
    Findings,
    Sorting,
    checked_draft,
    checked_findings,
    checked_sorting,
)
from bot.engine.analysis.trends import SPAN, service_trends
from bot.engine.knowledge.asking import Knowledge, Similar
from bot.engine.knowledge.telling import Answered, believable
from bot.engine.oncall import OnCall
from bot.engine.rules import Rules
from bot.ports.analyses import Analysis, Suggestion
from bot.ports.queries import LONGEST_PAGE, IncidentFilter, Queries, Viewer

SIMILAR: Final = 5
FIXES: Final = 3
ANYBODY: Final = Viewer()
"""What is kept with an incident may be read by all who see it: nothing else is put into it."""

Make = Callable[[Wanted], Awaitable[Finding]]


class Analysing:
    """`kept` are those that were made before."""

    def __init__(
        self,
        consulting: Consulting,
        knowledge: Knowledge,
        queries: Queries,
        rules: Rules,
        oncall: OnCall,
    ) -> None:
        self.consulting, self.knowledge = consulting, knowledge
        self.queries, self.rules = queries, rules
        self.kept = Kept(consulting.analyses, queries)
        self.offering = Offering(consulting.new_id, rules, oncall)
        self._makes: Mapping[Kind, Make] = {
            Kind.CATEGORIZATION: self._categorize,
            Kind.SIMILARITY: self._compare,
            Kind.RESOLUTION_SUGGESTION: self._advise,
            Kind.ROOT_CAUSE: self._find,
            Kind.IMPACT_ASSESSMENT: self._assess,
            Kind.SERVICE_TRENDS: self._count,
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
            Invalid: it is of a service, and the incident names none.
        """
        return await self._makes[kind](wanted)

    async def record(
        self, incident: Incident, actor: Actor, *, since: datetime | None = None
    ) -> Record:
        """What is on the record for this person; of a public incident, for everybody.

        Raises:
            NoModel: it is private, and no model reads those here.
        """
        public = incident.visibility is Visibility.PUBLIC
        if not public and not self.consulting.allowance.private:
            raise NoModel(NOT_PRIVATE)
        viewer = ANYBODY if public else Viewer(actor.id)
        return await asyncio.to_thread(
            record_of,
            incident,
            await self.queries.entries(incident.number, viewer),
            await self.queries.alerts_of(incident.number, viewer),
            self.rules.policies,
            since=since,
        )

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
            suggest=lambda said, done: self.offering.sorting(said, done, wanted.incident),
        )

    async def _compare(self, wanted: Wanted) -> Finding:
        """Needs no model."""
        near = await self.knowledge.similar(wanted.incident, ANYBODY, limit=SIMILAR)
        analysis = replace(
            self._own(Kind.SIMILARITY, wanted),
            mentions=_numbers(near),
            result={"similar": [_shown(one) for one in near]},
        )
        return await self._keep(analysis, self.offering.related(near, analysis, wanted.incident))

    async def _count(self, wanted: Wanted) -> Finding:
        """Needs no model. Of a service with more than a page, the newest are looked at."""
        service = wanted.incident.service
        if service is None:
            raise Invalid(
                f"#{wanted.incident.number} names no service, so nothing can be compared.",
                field="about",
            )
        now = self.consulting.clock.now()
        these = IncidentFilter(service=(service,), start=now - 2 * SPAN)
        page = await self.queries.incidents(these, ANYBODY, limit=LONGEST_PAGE)
        rows = [row for row in page.items if not row.test]
        said = service_trends(service, rows, now, more=page.next_cursor is not None)
        analysis = replace(
            self._own(Kind.SERVICE_TRENDS, wanted),
            mentions=tuple(row.number for row in rows),
            result={"sentences": [one.model_dump() for one in said]},
            confidence=1.0,
        )
        return await self._keep(analysis, ())

    async def _advise(self, wanted: Wanted) -> Finding:
        """Steps that past incidents and runbooks say, in their words. Without a model, what fixed
        the past ones."""
        near = await self.knowledge.similar(wanted.incident, ANYBODY, limit=SIMILAR)
        if not near:
            return await self._advised_by_record(wanted, near)
        known = {str(place): one.document for place, one in enumerate(near, 1)}
        said = [(f'the document "{n}"', f'document "{n}"\n{d.text}') for n, d in known.items()]
        try:
            record = await self._record(wanted)
            told = await self.consulting.ask(
                Inquiry(
                    kind=Kind.RESOLUTION_SUGGESTION,
                    shape=Answered,
                    data=[("the record of the incident that is open", record.text()), *said],
                    check=lambda said: believable(said, known, self.consulting.hosts),
                    suggest=lambda said, done: [
                        self.offering.step(done, wanted.incident, one.text)
                        for one in said.sentences
                    ],
                    confidence=lambda said: min(1.0, near[0].score / 10) if said.sentences else 0.0,
                    mentions=_numbers(near),
                    **_about(wanted, Kind.RESOLUTION_SUGGESTION),
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
        fixes = dict.fromkeys(one.fix for one in near if one.fix and harmless(one.fix))
        steps = [self.offering.step(analysis, wanted.incident, fix) for fix in fixes][:FIXES]
        return await self._keep(analysis, steps)

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
                **_about(wanted, kind),
            )
        )
        return await self._with_suggestions(told)

    async def _with_suggestions(self, told: Told[Any]) -> Finding:
        steps = await self.consulting.analyses.suggestions([told.analysis.id])
        return Finding(replace(told.analysis, result=told.said.model_dump()), steps)

    async def _keep(self, analysis: Analysis, steps: Sequence[Suggestion]) -> Finding:
        await self.consulting.analyses.keep(analysis, steps)
        return Finding(analysis, steps)

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


def _about(wanted: Wanted, kind: Kind) -> dict[str, Any]:
    return {
        "incident": wanted.incident.number,
        "asked_by": wanted.actor.id,
        "private": kind in OWN,
        "yes": wanted.yes,
        "seconds": wanted.seconds,
    }


def _numbers(near: Sequence[Similar]) -> tuple[int, ...]:
    return tuple(sorted({n for one in near if (n := one.document.incident) is not None}))


def _shown(one: Similar) -> dict[str, Any]:
    return {
        "document": one.document.id,
        "title": one.document.title,
        "fix": one.fix,
        "score": one.score,
    }
