"""An answer made of quotations, without a model.

Every sentence of it stands word for word in the document it cites; that is checked once more after
the answer is made. A document is quoted only if one of its passages supports the question; where
none does, the answer says that it is not in our records.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bot.engine.knowledge.judging import ANSWERS, sure
from bot.engine.knowledge.questions import Question
from bot.engine.knowledge.ranking import Ranked, Weights
from bot.engine.knowledge.sentences import Span, sentences
from bot.engine.knowledge.words import terms
from bot.ports.knowledge import HAPPENED, Candidates, Document

BESIDE: Final = 0.6
"""A further document is quoted if it scores this share of the best."""

QUOTED: Final = 3
"""Documents that an answer quotes at most."""

TELLS: Final = 0.15
"""The share of the question that a sentence must speak of."""

_FIX: Final = re.compile(
    r"\b(?:fix(?:ed|es)?|resol(?:ved?|ution)|mitigat\w+|remed\w+|solv\w+|repair\w*|recover\w*|"
    r"restor\w+|undo\w*|undone|roll(?:ed)? ?back|revert\w*|get (?:it|them) back|got it back|"
    r"workaround|what did (?:we|you|they) (?:do|change)|bring back|how (?:do|to|did|was|were))\b",
    re.IGNORECASE,
)
_DID: Final = re.compile(
    r"\b(?:fix(?:ed)?|resolved|mitigated|rolled back|reverted|restored|restarted|increased|raised|"
    r"replaced|re-?created|recycled|deleted|disabled|upgraded|downgraded|scaled|rotated|renewed|"
    r"added|removed|re-?deployed|switched|moved|recovered|repaired|migrated|rebooted|blocked|"
    r"paid|contacted|patched)\b",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(
    r"(?im)^[\s>*_#-]*(?:resolution|mitigation|fix|the fix|remediation|repair|recovery|solution|"
    r"how (?:we|it was) (?:fixed|resolved)|what fixed it|action taken|actions taken|outcome)\b"
    r"[\s*_]*:?[\s*_]*"
)


@dataclass(frozen=True, slots=True)
class Citation:
    """`quote` stands in the document's text as it is written here."""

    document: Document
    quote: str


class Sure(NamedTuple):
    """A document that answers, and how sure that is, between 0 and 1."""

    ranked: Ranked
    chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`text`: the quotations in order, each followed by the number of its citation.

    `confidence` lies between 0 and 1. `nearest`: titles of what came close, where it abstained.
    `worded`: the text is a model's, each sentence followed by the number of what it stands on.
    """

    id: str = ""
    text: str
    abstained: bool
    confidence: float
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Document, ...] = ()
    worded: bool = False


def supporting(ranked: Sequence[Ranked], question: Question, found: Candidates) -> list[Sure]:
    """Those of the best few that answer, best first."""
    if not ranked:
        return []
    weights = Weights.of(question, found)
    floor = BESIDE * ranked[0].score
    near = [one for one in ranked[:QUOTED] if one.score >= floor]
    judged = [Sure(one, sure(one, question, weights, found)) for one in near]
    return [one for one in judged if one.chance >= ANSWERS]


def quote(
    text: str, ranked: Sequence[Ranked], weights: Weights, documents: Mapping[int, Document]
) -> list[Citation]:
    """What each document says about it: what happened, and what fixed it where that was asked."""
    asks_fix = _FIX.search(text) is not None
    found: list[Citation] = []
    for place, one in enumerate(ranked):
        document = documents.get(one.candidate.number)
        if document is None:
            continue
        about = _best(document, one, weights)
        spans = [about] if about is not None else []
        if spans and (asks_fix or place == 0):
            fix = fixing(document.text, spans[0], _about_it(one))
            spans += [fix] if fix is not None else []
        found += [Citation(document, document.text[s.start : s.end]) for s in spans]
    return found


def _best(document: Document, one: Ranked, weights: Weights) -> Span | None:
    best: tuple[float, Span] | None = None
    for place in one.passages:
        indexed = one.candidate.passages[place]
        if indexed.end > len(document.text):
            continue  # the document is newer than what was ranked
        for span in sentences(document.text, indexed.start, indexed.end):
            score = _tells(document.text[span.start : span.end], weights)
            if score >= TELLS * weights.total and (best is None or score > best[0]):
                best = score, span
    return best[1] if best is not None else _first(document, one)


def _first(document: Document, one: Ranked) -> Span | None:
    """The document is about it as a whole: its best passage's first sentence."""
    for place in one.passages[:1]:
        indexed = one.candidate.passages[place]
        return next(sentences(document.text, indexed.start, indexed.end), None)
    return None


def _tells(said: str, weights: Weights) -> float:
    held = set(terms(said))
    score = sum(
        max((weight for term, weight in group.items() if term in held), default=0.0)
        for group in weights.groups
    )
    return score / (1 + 0.15 * math.log(1 + len(said) / 120))


def fixing(text: str, besides: Span | None = None, within: Span | None = None) -> Span | None:
    """The sentence that says what was done: under such a label, or of somebody who did it."""
    start, end = within or Span(0, len(text))
    for label in _LABEL.finditer(text, start, end):
        for span in _others(sentences(text, label.end(), end), besides):
            return span
    done = (s for s in sentences(text, start, end) if _DID.search(text, s.start, s.end))
    return next(_others(done, besides), None)


def _about_it(one: Ranked) -> Span | None:
    """What happened is told of by the whole document; a runbook speaks of many things, and only
    its best passage is about the question."""
    if one.candidate.kind in HAPPENED or not one.passages:
        return None
    best = one.candidate.passages[one.passages[0]]
    return Span(best.start, best.end)


def _others(spans: Iterator[Span], besides: Span | None) -> Iterator[Span]:
    return (s for s in spans if besides is None or s.end <= besides.start or s.start >= besides.end)


def verified(citations: Sequence[Citation]) -> list[Citation]:
    """Those whose quotation is there, each once."""
    kept = {
        (one.document.id, one.quote): one
        for one in citations
        if one.quote and one.quote in one.document.text
    }
    return list(kept.values())


def compose(citations: Sequence[Citation]) -> str:
    """The quotations on a line each, spaces evened, with the numbers of their citations."""
    return "\n".join(f"{' '.join(one.quote.split())} [{n}]" for n, one in enumerate(citations, 1))


def compose_told(told: Sequence[tuple[str, Citation]]) -> tuple[str, list[Citation]]:
    """Sentences on a line each with the number of their citation, and the citations, each once."""
    citations = list({(c.document.id, c.quote): c for _, c in told}.values())
    numbers = {(c.document.id, c.quote): n for n, c in enumerate(citations, 1)}
    lines = [f"{text} [{numbers[c.document.id, c.quote]}]" for text, c in told]
    return "\n".join(lines), citations
