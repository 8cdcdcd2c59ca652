"""Questions, answered from what is written down and from nothing else."""

import asyncio
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Protocol

from bot.domain.incident import Incident
from bot.domain.secrets import hide
from bot.engine.analysis.foreign import orders
from bot.engine.knowledge.answering import (
    Answer,
    Citation,
    compose,
    compose_told,
    supporting,
    verified,
)
from bot.engine.knowledge.naming import Names, named, nobody
from bot.engine.knowledge.nearness import Nearness
from bot.engine.knowledge.questions import Question, read_question
from bot.engine.knowledge.quoting import fixing, quote
from bot.engine.knowledge.ranking import Ranked, Weights, rank, unknown
from bot.engine.knowledge.shorthand import written_out
from bot.engine.knowledge.spelling import respelled
from bot.ports.clock import Clock
from bot.ports.knowledge import HAPPENED, Asking, Candidates, Document, Library
from bot.ports.queries import Viewer

CANDIDATES: Final = 60
"""Documents that are ranked; what shares fewer words than so many others is not the answer."""

NEAREST: Final = 3
FOLLOWS_WITHIN: Final = timedelta(minutes=15)
FEW: Final = 3
"""Words of a question that may lean on the one before it."""

LIKE: Final = 0.8
"""The support from which a past incident counts as similar."""

SUREST: Final = 0.99
"""Nobody is sure altogether."""

NOT_IN_OUR_RECORDS: Final = "That is not in our records."
NOTHING_YET: Final = (
    "Nothing is written down here yet. Add runbooks and past incidents with "
    "`muster knowledge add FOLDER`; every incident that is resolved is added by itself."
)
_LEANS: Final = re.compile(
    r"^\s*(?:and|but|so|or|what about|how about|then)\b|"
    r"\b(?:it|its|that|they|them|this|these|those|he|she)\b",
    re.IGNORECASE,
)
_ALONE: Final = re.compile(r"^\s*(?:why|when|who)\b", re.IGNORECASE)
"""It leans too where it names nothing: `why?`, but not `why did the cache break?`"""

_BEFORE: Final = re.compile(
    r"\b(?:before|again|ever|seen|previous(?:ly)?|last time|happened|similar|past)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that a search found. The higher the score, the better."""

    document: Document
    score: float
    snippet: str


@dataclass(frozen=True, slots=True)
class Similar:
    """A past incident like this one, and the sentence that says what fixed it, if one does."""

    document: Document
    score: float
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`thread`: where follow-ups belong together. `incident`: the one it is asked about."""

    question: str
    actor: str
    viewer: Viewer
    thread: str = ""
    incident: Incident | None = None


class Tell(Protocol):
    """Who may word an answer; see bot.engine.knowledge.telling."""

    async def __call__(
        self, question: str, ranked: Sequence[Ranked], documents: Mapping[int, Document], actor: str
    ) -> Sequence[tuple[str, Citation]]: ...


class Knowledge:
    """`new_id` names an answer, for its thumbs. `tell` words it; without, quotations answer.

    `services`: what people may call them.
    """

    def __init__(
        self,
        library: Library,
        clock: Clock,
        new_id: Callable[[], str],
        tell: Tell | None = None,
        nearness: Nearness | None = None,
        *,
        services: Names = nobody,
    ) -> None:
        self.library, self.clock, self.new_id, self.tell = library, clock, new_id, tell
        self.nearness = nearness or Nearness()
        self.services = services

    async def ask(self, asked: Asked) -> Answer:
        """Never raises for what is asked; abstains where no passage supports an answer."""
        said = hide(asked.question)
        text, service = await self._meant(said, asked), None
        if asked.incident is not None:
            service = asked.incident.service
        question, found, ranked = await self._ranked(text, asked.viewer, service=service)
        if asked.incident is not None and _BEFORE.search(said):
            number = asked.incident.number
            ranked = [one for one in ranked if one.candidate.incident != number]
        sure = supporting(ranked, question, found)
        answers = [one.ranked for one in sure]
        documents = await self._read(answers or ranked[:NEAREST], asked.viewer)
        weights = Weights.of(question, found)
        quoted = verified(await asyncio.to_thread(quote, said, answers, weights, documents))
        citations = [one for one in quoted if not orders(one.quote)]
        confidence = min(SUREST, round(sure[0].chance, 2)) if sure else 0.0
        answer = await self._answer(confidence, citations, ranked, documents)
        if citations and self.tell is not None:
            told = await self.tell(text, answers, documents, asked.actor)
            answer = await self._worded(answer, told, documents, asked.viewer)
        kept = Asking(
            id=self.new_id(),
            actor=asked.actor,
            thread=asked.thread,
            question=text,
            asked_at=self.clock.now(),
            documents=tuple(dict.fromkeys(c.document.id for c in answer.citations)),
            abstained=answer.abstained,
        )
        await self.library.keep_asking(kept)
        return replace(answer, id=kept.id)

    async def _worded(
        self,
        answer: Answer,
        told: Sequence[tuple[str, Citation]],
        documents: Mapping[int, Document],
        viewer: Viewer,
    ) -> Answer:
        """In a model's words, as far as what they stand on is still there for the viewer: a model
        takes its time, and rights change meanwhile."""
        now = (await self.library.read(list(documents), viewer)).values()
        texts = {one.id: one.text for one in now}
        left = [(text, c) for text, c in told if c.quote in texts.get(c.document.id, "")]
        quoted = [one for one in answer.citations if one.document.id in texts]
        if not left and len(quoted) == len(answer.citations):
            return answer
        if not left:
            text = compose(quoted) if quoted else NOT_IN_OUR_RECORDS
            return replace(answer, text=text, abstained=not quoted, citations=tuple(quoted))
        text, citations = compose_told(left)
        return replace(answer, text=text, citations=tuple(citations), worded=True)

    async def _answer(
        self,
        confidence: float,
        citations: Sequence[Citation],
        ranked: Sequence[Ranked],
        documents: Mapping[int, Document],
    ) -> Answer:
        if citations:
            return Answer(
                text=compose(citations),
                abstained=False,
                confidence=confidence,
                citations=tuple(citations),
            )
        numbers = [one.candidate.number for one in ranked[:NEAREST]]
        return Answer(
            text=NOTHING_YET if await self.library.empty() else NOT_IN_OUR_RECORDS,
            abstained=True,
            confidence=0.0,
            nearest=tuple(documents[n] for n in numbers if n in documents),
        )

    async def _meant(self, said: str, asked: Asked) -> str:
        """With what it leans on: the question before it, or the incident it is asked in."""
        words = len(read_question(written_out(said)).said)
        if words > FEW:
            return said
        leans = _LEANS.search(said) or (not words and _ALONE.search(said))
        if asked.thread and leans:
            since = self.clock.now() - FOLLOWS_WITHIN
            last = await self.library.last_asking(asked.actor, asked.thread, since)
            if last is not None:
                return f"{last.question} {said}"
        if asked.incident is not None:
            return f"{said} {about(asked.incident)}"
        return said

    async def search(
        self,
        text: str,
        viewer: Viewer,
        *,
        limit: int,
        kinds: Collection[str] = (),
        incidents: bool | None = None,
    ) -> list[Hit]:
        """The documents that answer best, one hit each."""
        _, _, ranked = await self._ranked(
            hide(text), viewer, kinds=kinds, incidents=incidents, limit=limit
        )
        documents = await self._read(ranked[:limit], viewer)
        return [
            Hit(documents[one.candidate.number], round(one.score, 4), _snippet(one, documents))
            for one in ranked[:limit]
            if one.candidate.number in documents
        ]

    async def similar(self, incident: Incident, viewer: Viewer, *, limit: int) -> list[Similar]:
        """Past incidents like this one, Muster's own and those that were added."""
        text = hide(about(incident))
        _, _, ranked = await self._ranked(text, viewer, service=incident.service)
        near = [
            one
            for one in ranked
            if one.support >= LIKE
            and one.candidate.incident != incident.number
            and one.candidate.kind in HAPPENED
        ][:limit]
        documents = await self._read(near, viewer)
        found = []
        for one in near:
            document = documents.get(one.candidate.number)
            if document is None:
                continue
            fix = fixing(document.text)
            said = document.text[fix.start : fix.end] if fix is not None else ""
            found.append(Similar(document, round(one.score, 4), " ".join(said.split())))
        return found

    async def rate(self, id: str, actor: str, rating: int) -> bool:
        return await self.library.rate(id, actor, rating)

    async def _ranked(
        self,
        text: str,
        viewer: Viewer,
        *,
        kinds: Collection[str] = (),
        incidents: bool | None = None,
        service: str | None = None,
        limit: int = CANDIDATES,
        typed: bool = True,
    ) -> tuple[Question, Candidates, list[Ranked]]:
        """`typed`: as a person typed it, slips included."""
        plain = written_out(text)
        spoken_of = named(read_question(plain).said, self.services())
        question = read_question(plain, spoken_of.phrases if spoken_of is not None else ())
        if service is None and spoken_of is not None:
            service = spoken_of.service
        near = await self.nearness.near(plain)
        found = await self.library.candidates(
            question.said,
            question.others,
            viewer,
            kinds=kinds,
            incidents=incidents,
            near=near.cosines,
            limit=max(limit, CANDIDATES),
        )
        meant = respelled(plain, unknown(question, found)) if typed else plain
        if meant != plain:
            return await self._ranked(
                meant,
                viewer,
                kinds=kinds,
                incidents=incidents,
                service=service,
                limit=limit,
                typed=False,
            )
        now = self.clock.now()
        ranked = await asyncio.to_thread(rank, question, found, near, now=now, service=service)
        return question, found, ranked

    async def _read(self, ranked: Sequence[Ranked], viewer: Viewer) -> Mapping[int, Document]:
        """Asked again of what is stored now: what was taken from the viewer meanwhile is gone."""
        numbers = [one.candidate.number for one in ranked]
        return await self.library.read(numbers, viewer) if numbers else {}


def about(incident: Incident) -> str:
    """What an incident is about, in its own words."""
    said = (incident.title, incident.service or "", incident.resource or "", incident.description)
    return " ".join(filter(None, said))[:2_000]


def _snippet(one: Ranked, documents: Mapping[int, Document]) -> str:
    document = documents[one.candidate.number]
    for place in one.passages[:1]:
        indexed = one.candidate.passages[place]
        return " ".join(document.text[indexed.start : indexed.end].split())[:240]
    return document.title
