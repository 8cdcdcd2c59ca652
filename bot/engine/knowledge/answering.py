"""An answer made of quotations, without a model.

Every sentence of it stands word for word in the document it cites; that is checked once more after
the answer is made. A document is quoted only if one of its passages supports the question; where
none does, the answer says that it is not in our records.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bot.engine.knowledge.judging import ANSWERS, sure
from bot.engine.knowledge.questions import Question
from bot.engine.knowledge.ranking import Ranked, Weights
from bot.ports.knowledge import Candidates, Document

BESIDE: Final = 0.6
"""A further document is quoted if it scores this share of the best."""

QUOTED: Final = 3
"""Documents that an answer quotes at most."""


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
    weights = Weights.of(question, found)
    judged = [Sure(one, sure(one, question, weights, found)) for one in best_few(ranked)]
    return [one for one in judged if one.chance >= ANSWERS]


def best_few(ranked: Sequence[Ranked]) -> Sequence[Ranked]:
    """Those that come near the best."""
    return [one for one in ranked[:QUOTED] if one.score >= BESIDE * ranked[0].score]


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
