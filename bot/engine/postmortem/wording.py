"""A model's proposals for a postmortem: they stand beside the draft until a person takes them.

They come after the draft, which waits for no model. Whatever is not traced to the record is left
out; what is put in plain words of the model's own is marked as unverified. Things to do become
suggestions, which a person turns into follow-ups. Tests are not read; private incidents only where
a member of theirs asked for the draft.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final

import structlog

from bot.cards.analysis import UNVERIFIED
from bot.cards.plain_text import one_line
from bot.domain.entry import EntryType
from bot.domain.incident import Incident, Visibility
from bot.domain.ledger import Ledger
from bot.domain.people import SYSTEM, Actor
from bot.domain.postmortem import PARTS, Values
from bot.engine.analysis.analysing import ANYBODY, Analysing
from bot.engine.analysis.consulting import Costly, Inquiry, NoModel, Shape
from bot.engine.analysis.foreign import material
from bot.engine.analysis.harmless import harmless
from bot.engine.analysis.record import Record
from bot.engine.analysis.shapes import LONGEST, READ, Traced, kept, unmarked
from bot.engine.analysis.tracing import backed, untraced
from bot.engine.knowledge.words import singular
from bot.engine.postmortem.drafting import propose
from bot.engine.postmortem.plain_words import PLAIN
from bot.engine.work import Work
from bot.ports.analyses import Analysis, Suggestion, SuggestionKind
from bot.ports.queries import MUSTER, Queries
from bot.ports.store import Lane, Unit

log = structlog.get_logger()

WORDED: Final = "worded"
"""In the metadata of a draft's entry: a model proposed it."""

WAITING: Final = 50
PAST: Final = 3
PAST_LINE: Final = "p"
ITEMS: Final = 5


class Prose(Shape):
    summary: list[Traced]
    impact: list[Traced]
    root_cause: list[Traced]
    contributing_factors: list[Traced]
    why_undetected: list[Traced]
    effective_actions: list[Traced]
    lessons: list[Traced]
    action_items: list[Traced]


GOES_TO: Final[Mapping[str, tuple[str, str]]] = {
    "summary": ("summary", "summary"),
    "impact": ("impact", "description"),
    "root_cause": ("root_cause", "description"),
    "contributing_factors": ("root_cause", "contributing_factors"),
    "why_undetected": ("root_cause", "why_undetected"),
    "effective_actions": ("resolution", "effective_actions"),
    "lessons": ("lessons", "lessons_learned"),
}
"""What a model writes → section and question of the postmortem."""

OWN_WORDS: Final = frozenset({"lessons", "action_items"})
"""What cannot be on the record yet."""


class Wording:
    def __init__(self, analysing: Analysing, queries: Queries, work: Work) -> None:
        self.analysing, self.queries, self.work = analysing, queries, work
        self._waiting: deque[tuple[int, Actor]] = deque(maxlen=WAITING)
        self._wake = asyncio.Event()

    def told(self, ledger: Ledger) -> None:
        """Something was committed; what was drafted from the record is worded."""
        for one in ledger.entries:
            entry = one.entry
            if entry.type is not EntryType.POSTMORTEM_DRAFTED or one.incident is None:
                continue
            if not entry.metadata.get(WORDED):
                self.want(one.incident, Actor(id=entry.actor_id, type=entry.actor_type))

    def want(self, number: int, actor: Actor) -> bool:
        """Words it soon, for whoever asked; False where there is no model."""
        if not self.analysing.ready:
            return False
        if (number, actor) not in self._waiting:
            self._waiting.append((number, actor))
            self._wake.set()
        return True

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                try:
                    await self.word(*self._waiting.popleft())
                except Exception:
                    log.exception("not_worded")

    async def word(self, number: int, actor: Actor = SYSTEM) -> bool:
        """Proposes what a model makes of the record; False where it has nothing to propose."""
        incident = await self.queries.incident(number, MUSTER)
        if incident is None or incident.test or not _may_ask(actor, incident):
            return False
        try:
            record, mentions = await self._record(incident, actor)
            told = await self.analysing.consulting.ask(
                Inquiry(
                    kind="postmortem",
                    shape=Prose,
                    data=[("the record and past incidents", record.text())],
                    check=lambda said: checked(said, record, self.analysing.consulting.hosts),
                    incident=number,
                    asked_by=actor.id,
                    mentions=mentions,
                    suggest=self._to_do,
                )
            )
        except (NoModel, Costly):
            return False
        written = sections(told.said)

        async def put(unit: Unit) -> bool:
            now = await unit.incident(number)
            if not _may_ask(actor, now):
                return False
            return propose(unit, now, SYSTEM, written, worded=True) is not None

        return bool(written) and await self.work(put, lane=Lane.INTAKE)

    async def _record(self, incident: Incident, actor: Actor) -> tuple[Record, Sequence[int]]:
        """With what fixed past incidents like it, as far as everybody may read that."""
        own = await self.analysing.record(incident, actor)
        near = await self.analysing.knowledge.similar(incident, ANYBODY, limit=PAST)
        lines = dict(own.lines)
        for place, one in enumerate(near, 1):
            said = f"past incident {one.document.title}: {one.fix}"
            lines[f"{PAST_LINE}{place}"] = one_line(material(said, LONGEST))
        mentions = [n for one in near if (n := one.document.incident) is not None]
        return Record(lines), mentions

    def _to_do(self, said: Prose, analysis: Analysis) -> list[Suggestion]:
        assert analysis.incident is not None
        return [
            Suggestion(
                id=self.analysing.consulting.new_id(),
                analysis=analysis.id,
                incident=analysis.incident,
                kind=SuggestionKind.RESOLUTION,
                text=one.text,
                command=f"followup #{analysis.incident} {_quoted(unmarked(one.text))}",
                confidence=0.5,
                made_at=analysis.made_at,
            )
            for one in said.action_items
        ]


def _may_ask(actor: Actor, incident: Incident) -> bool:
    """What is private is read for a member who asked, and never by itself."""
    return incident.visibility is Visibility.PUBLIC or incident.visible_to(actor.id)


def checked(said: Prose, record: Record, hosts: frozenset[str]) -> Prose:
    """What is traced, and in lessons and things to do what is in plain words, marked; past
    incidents say nothing of what happened in this one."""
    fields = {}
    own = Record({n: line for n, line in record.lines.items() if not n.startswith(PAST_LINE)})
    for name in Prose.model_fields:
        wanted: Sequence[Traced] = getattr(said, name)
        fields[name] = kept(wanted, own, hosts)
        if name in OWN_WORDS:
            fields[name] = _own_words(wanted, record, hosts)[:ITEMS]
    return Prose(**fields)


def _own_words(said: Sequence[Traced], record: Record, hosts: frozenset[str]) -> list[Traced]:
    good: dict[str, Traced] = {}
    for one in said[:READ]:
        text = unmarked(one.text[: 2 * LONGEST])
        sources = [label for label in dict.fromkeys(one.sources) if label in record.lines]
        if not sources or len(text) > LONGEST or not harmless(text, hosts):
            continue
        lines = record.of(sources)
        if any(singular(word) not in PLAIN for word in untraced(text, "\n".join(lines))):
            continue
        shown = text if backed(text, lines) else f"{text} {UNVERIFIED}"
        good.setdefault(shown, Traced(text=shown, sources=sources))
    return list(good.values())


def _quoted(text: str) -> str:
    """As one word, so that nothing in it is a flag."""
    return '"{}"'.format(text.replace("\\", "").replace('"', "'"))


def sections(said: Prose) -> Mapping[str, Values]:
    """Section → answers, of those questions for which something is left."""
    written: dict[str, dict[str, str]] = {}
    for name, (part, question) in GOES_TO.items():
        found = [one.text for one in getattr(said, name)]
        if not found:
            continue
        asked = next(q for q in PARTS[part].questions if q.name == question)
        between = "\n" if asked.listed else " "
        written.setdefault(part, {})[question] = between.join(found)[: asked.limit]
    return written
