"""Which candidate answers a question best.

BM25 (Robertson & Zaragoza, "The Probabilistic Relevance Framework", 2009) over the whole document,
fused with its best passage, with how much of the question that passage covers, and with words that
stand side by side in both. A word and the other words for it count once, by the best of them. What
happened goes before what ought to be done: people ask for what was seen before.

The weights were chosen by trying several on bench/knowledge/questions.jsonl, written for that.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.engine.knowledge.questions import Question
from bot.ports.knowledge import HAPPENED, Candidate, Candidates, Indexed

K: Final = 1.2
DOCUMENT_B: Final = 0.6
PASSAGE_B: Final = 0.5
IN_TITLE: Final = 2.0
IN_HEADING: Final = 0.5
"""A word of the title counts as so many in the text."""

PASSAGE: Final = 1.0
COVERED: Final = 0.5
TOGETHER: Final = 1.0
EVENT: Final = 1.3
UNKNOWN: Final = 0.6
"""What a question of nothing but unknown words lacks in support."""

SAME_SERVICE: Final = 1.15
RECENT: Final = 0.1
HALF_LIFE: Final = timedelta(days=365)
FEWEST: Final = 100
"""Among fewer documents no word is judged rare or common by how few they are."""

NEAR: Final = 24
"""Characters between two words that stand together."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """`support`: the score for each unit of what the question asks for; 1 is a fair match.

    `passages`: places of the best ones, best first.
    """

    candidate: Candidate
    score: float
    support: float
    passages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each word of the question tells: the rarer, the more.

    `unknown`: the share of it that stands in no document at all.
    """

    groups: tuple[Mapping[str, float], ...]
    total: float
    unknown: float

    @classmethod
    def of(cls, question: Question, found: Candidates) -> "Weights":
        groups = tuple(
            {term: weight * telling(term, found) for term, weight in group.items()}
            for group in question.groups
        )
        own = {term: telling(term, found) for term in question.said}
        total = max(sum(own.values()), 1e-9)
        strange = sum(weight for term, weight in own.items() if not found.having.get(term))
        return cls(groups, total, strange / total)


def telling(term: str, found: Candidates) -> float:
    """The inverse document frequency of a term."""
    having, documents = found.having.get(term, 0), max(found.documents, FEWEST)
    return math.log(1 + (documents - having + 0.5) / (having + 0.5))


def rank(
    question: Question,
    found: Candidates,
    *,
    now: datetime,
    service: str | None = None,
) -> list[Ranked]:
    """Best first; what shares no telling word is left out."""
    weights = Weights.of(question, found)
    ranked = [
        _ranked(question, weights, candidate, found, prior=_prior(candidate, now, service))
        for candidate in found.items
    ]
    return sorted(
        (one for one in ranked if one.score > 0), key=lambda one: (-one.score, one.candidate.id)
    )


def _ranked(
    question: Question,
    weights: Weights,
    candidate: Candidate,
    found: Candidates,
    *,
    prior: float,
) -> Ranked:
    text = "".join(passage.terms for passage in candidate.passages)
    headings = "".join(passage.heading for passage in candidate.passages)
    present = _present(weights, f"{candidate.title_terms}{headings}{text}")
    whole = _whole(present, candidate, text, headings, found)
    scores = [_passage(present, p, candidate, found, weights) for p in candidate.passages]
    together = _together(question, found, text)
    score = whole + PASSAGE * max(scores, default=0.0) + TOGETHER * together
    score *= prior
    best = sorted(range(len(scores)), key=lambda place: -scores[place])
    support = score / weights.total - UNKNOWN * weights.unknown
    return Ranked(candidate, score, support, tuple(best[:4]))


def _present(weights: Weights, text: str) -> list[dict[str, float]]:
    """The groups without the terms that stand nowhere in the document."""
    return [
        {term: weight for term, weight in group.items() if f" {term} " in text}
        for group in weights.groups
    ]


def _whole(
    present: Sequence[Mapping[str, float]],
    candidate: Candidate,
    text: str,
    headings: str,
    found: Candidates,
) -> float:
    norm = K * (1 - DOCUMENT_B + DOCUMENT_B * candidate.length / found.length)
    score = 0.0
    for group in present:
        best = 0.0
        for term, weight in group.items():
            word = f" {term} "
            count = text.count(word) + IN_HEADING * headings.count(word)
            count += IN_TITLE * candidate.title_terms.count(word)
            best = max(best, weight * count * (K + 1) / (count + norm))
        score += best
    return score


def _passage(
    present: Sequence[Mapping[str, float]],
    passage: Indexed,
    candidate: Candidate,
    found: Candidates,
    weights: Weights,
) -> float:
    length = passage.terms.count("  ") + 1
    norm = (1 - PASSAGE_B) + PASSAGE_B * length / found.passage_length
    score = covered = 0.0
    for group in present:
        best = most = 0.0
        for term, weight in group.items():
            word = f" {term} "
            count = passage.terms.count(word) + 0.5 * (word in passage.heading)
            count += 0.5 * (word in candidate.title_terms)
            if count:
                best = max(best, weight * count * 2 / (count + norm))
                most = max(most, weight)
        score, covered = score + best, covered + most
    return score + COVERED * covered * covered / weights.total


def _together(question: Question, found: Candidates, text: str) -> float:
    """Neighbours in the question that are neighbours in the document too."""
    score = 0.0
    for one, other in zip(question.said, question.said[1:], strict=False):
        place = text.find(f" {one} ")
        while place >= 0:
            begin = place + len(one) + 1
            if f" {other} " in text[begin : begin + len(other) + NEAR]:
                score += min(telling(one, found), telling(other, found))
                break
            place = text.find(f" {one} ", begin)
    return score


def _prior(candidate: Candidate, now: datetime, service: str | None) -> float:
    prior = EVENT if candidate.kind in HAPPENED else 1.0
    if service is not None and candidate.service == service:
        prior *= SAME_SERVICE
    if candidate.incident is not None and candidate.date is not None:
        age = max(timedelta(0), now - candidate.date)
        prior *= 1 + RECENT * 0.5 ** (age / HALF_LIFE)
    return prior
