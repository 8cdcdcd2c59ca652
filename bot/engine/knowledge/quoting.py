"""Which sentences of a document are quoted: what it says of the question, and what mended it."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from bot.engine.knowledge.answering import Citation
from bot.engine.knowledge.aspects import (
    ASIDE,
    EVENTS,
    FIX,
    LEARNED,
    SUMMARY,
    TIME,
    Aspect,
    asked_of,
)
from bot.engine.knowledge.manner import KINDS, alone, does, done
from bot.engine.knowledge.ranking import Ranked, Weights
from bot.engine.knowledge.sentences import Kind, Span, sentences, words_of
from bot.engine.knowledge.words import terms
from bot.ports.knowledge import HAPPENED, Document

TELLS: Final = 0.15
"""The share of the question that a sentence must speak of, where not all of its document does."""

ABOUT_IT: Final = 0.25
"""What every sentence of a document that is about the question as a whole tells of it."""

GIVEN: Final = 0.5
"""What a word counts in a sentence that the title has said already."""

SUBJECT: Final = 0.5
"""The share of a title's words in a question from which it asks about just this document."""

SAME: Final = 0.8
"""The share of words from which two quotations say the same."""

ANSWERS_IT: Final = 2.0
SAYS_IT: Final = 1.5
"""What a sentence gains under a heading of what is asked for, and by speaking of it."""

SUMS_UP: Final = 1.2
REPEATS: Final = 0.5
"""What a sentence is worth that says little but the question again."""

SHOWN: Final = 1.0
SURE: Final = 1.5
"""How well a sentence must show what was done; the latter where it stands alone or nobody asked."""


def quote(
    text: str, ranked: Sequence[Ranked], weights: Weights, documents: Mapping[int, Document]
) -> list[Citation]:
    """What each document says about it: what happened, and what fixed it where that was asked."""
    asked = asked_of(text)
    found: list[Citation] = []
    for place, one in enumerate(ranked):
        document = documents.get(one.candidate.number)
        if document is None:
            continue
        fix_too = FIX in asked or place == 0
        about = [aspect for aspect in asked if not (fix_too and aspect is FIX)]
        reading = _Reading(document, one, weights)
        best = reading.best(about, anyway=place == 0)
        if best is None or _said_already(reading.said(best), found):
            continue
        spans = [best]
        if fix_too:
            spans += filter(None, [reading.fix(best, asked=FIX in asked)])
        found += [Citation(document, reading.said(span)) for span in spans]
    return found


def fixing(text: str) -> Span | None:
    """The sentence that says what was done about what happened, if one does."""
    return _shown(sentences(text), None, lambda span: done(text, span), SURE)


class _Reading:
    """A document, read for a question."""

    def __init__(self, document: Document, one: Ranked, weights: Weights) -> None:
        self.text, self.weights = document.text, weights
        self.happened = one.candidate.kind in HAPPENED
        self.given = set(one.candidate.title_terms.split())
        self.spans = sentences(document.text)
        self._terms: dict[tuple[int, int], frozenset[str]] = {}
        asked = len(one.match.title) >= SUBJECT * max(1, len(self.given))
        self.all_of_it = self.happened or asked
        passages = [one.candidate.passages[place] for place in one.passages]
        self.near = [s for s in self.spans if any(p.start <= s.start < p.end for p in passages)]
        first = passages[:1]
        self.nearest = [s for s in self.near if any(p.start <= s.start < p.end for p in first)]

    def said(self, span: Span) -> str:
        return self.text[span.start : span.end]

    def best(self, asked: Collection[Aspect], *, anyway: bool) -> Span | None:
        """What tells most of the question; `anyway`: even if that is little."""
        spans = self.spans if self.all_of_it else self.near
        told = [(self._tells(span, frozenset()), span) for span in spans]
        enough = [span for tells, span in told if tells >= TELLS * self.weights.total]
        if anyway and (self.all_of_it or not enough):
            enough = spans
        return max(enough, key=lambda span: self._worth(span, asked), default=None)

    def fix(self, besides: Span, *, asked: bool) -> Span | None:
        """What happened is told of by the whole document; a runbook speaks of many things, and
        only its best passage is about the question, unless all of it is."""
        shows = done if self.happened else does
        spans = self.spans if self.all_of_it else self.nearest
        enough = SURE if self.happened and not asked else SHOWN

        def worth(span: Span) -> float:
            about_it = self._tells(span, self.given) / self.weights.total
            shown = shows(self.text, span)
            return shown + about_it if shown >= enough else 0.0

        return _shown(spans, besides, worth, enough)

    def _worth(self, span: Span, asked: Collection[Aspect]) -> float:
        about_it = ABOUT_IT * self.weights.total if self.all_of_it else 0.0
        tells = self._tells(span, self.given) + max(about_it, 1e-9)
        return (
            tells * self._manner(span, asked) / (1 + 0.15 * math.log(1 + self._length(span) / 120))
        )

    def _length(self, span: Span) -> int:
        return len(words_of(self.said(span)))

    def _held(self, span: Span) -> frozenset[str]:
        """Its terms, which are asked for a few times."""
        place = (span.start, span.end)
        if (held := self._terms.get(place)) is None:
            held = self._terms[place] = frozenset(terms(words_of(self.said(span))))
        return held

    def _tells(self, span: Span, given: Collection[str]) -> float:
        held = self._held(span)
        if held.isdisjoint(self.weights.wanted):
            return 0.0
        return sum(
            max(
                (w * (GIVEN if t in given else 1) for t, w in group.items() if t in held), default=0
            )
            for group in self.weights.groups
        )

    def _manner(self, span: Span, asked: Collection[Aspect]) -> float:
        said = self.said(span)
        manner = alone(said, span.kind)
        manner *= ANSWERS_IT if any(one.headed.search(span.under) for one in asked) else 1
        manner *= SAYS_IT if any(one.said.search(said) for one in asked) else 1
        if not asked and (SUMMARY.search(span.under) or span is self.spans[0]):
            manner *= SUMS_UP
        if len(self._held(span) - self.weights.wanted.keys()) < 2:
            manner *= REPEATS
        return manner * self._aside(span, asked)

    def _aside(self, span: Span, asked: Collection[Aspect]) -> float:
        if TIME not in asked and EVENTS.search(span.under):
            return KINDS[Kind.STAMPED]
        if self.happened and LEARNED not in asked and LEARNED.headed.search(span.under):
            return KINDS[Kind.TASK]
        return 0.4 if TIME not in asked and ASIDE.search(span.under) else 1.0


def _shown(
    spans: Iterable[Span], besides: Span | None, shows: Callable[[Span], float], enough: float
) -> Span | None:
    """The one that shows it best, if one does, and says what `besides` does not."""
    others = (s for s in spans if not besides or s.end <= besides.start or s.start >= besides.end)
    best = max(others, key=shows, default=None)
    return best if best is not None and shows(best) >= enough else None


def _said_already(said: str, found: Sequence[Citation]) -> bool:
    words = set(terms(said))
    for one in found:
        others = set(terms(one.quote))
        if words and len(words & others) >= SAME * len(words | others):
            return True
    return False
