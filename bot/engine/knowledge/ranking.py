"""Which candidate answers a question best.

BM25 (Robertson & Zaragoza, "The Probabilistic Relevance Framework", 2009) over the whole document,
fused with its best passage and with how it begins, where most say what they tell of; a long one has
most words somewhere, and gives way a little. A word and the other words for it count once, by the
best of them. What happened goes before what ought to be done: people ask for what was seen before.

The weights were chosen by trying several on bench/knowledge/questions.jsonl, written for that.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.engine.knowledge.matching import Match, Wanted
from bot.engine.knowledge.nearness import NOWHERE, Near
from bot.engine.knowledge.questions import Question
from bot.ports.knowledge import HAPPENED, Candidate, Candidates

K: Final = 1.2
DOCUMENT_B: Final = 0.6
PASSAGE_B: Final = 0.3
IN_TITLE: Final = 2.0
IN_HEADING: Final = 0.5
"""A word of the title counts as so many in the text."""

PASSAGE: Final = 0.7
BEGINNING: Final = 0.6
LONG: Final = 0.07
"""The power of its length, beside the average, by which a document gives way."""

EVENT: Final = 1.3
UNKNOWN: Final = 0.6
"""What a question of nothing but unknown words lacks in support."""

MEANING: Final[Mapping[str, float]] = {"hash": 0.1, "local": 0.5, "": 0.4}
"""What nearness in meaning counts beside words, for each embedding; the last is for all others."""

SAME_SERVICE: Final = 1.15
RECENT: Final = 0.1
HALF_LIFE: Final = timedelta(days=365)
FEWEST: Final = 100
"""Among fewer documents no word is judged rare or common by how few they are."""

BEGINS_WITH: Final = 2
"""Passages."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """`support`: how well it matches for each unit of what the question asks for; 1 is fair. How
    it begins and what else in it fits tell which document is the best, and not how good it is.

    `passages`: places of the best ones, best first. `cosine`: of its nearest passage, and what
    measured it; empty where this document was not among the near ones.
    """

    candidate: Candidate
    score: float
    support: float
    passages: tuple[int, ...]
    match: Match
    cosine: float = 0.0
    embedding: str = ""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each word of the question tells: the rarer, the more.

    A word that no document uses tells as much as the best of the other words for it. `unknown`: the
    share of words that stand in no document at all, and no other word for them either.
    """

    groups: tuple[Mapping[str, float], ...]
    total: float
    unknown: float
    wanted: Wanted

    @classmethod
    def of(cls, question: Question, found: Candidates) -> "Weights":
        groups = _telling(question.groups, found)
        both = tuple(
            {**kin, **group}
            for kin, group in zip(_telling(question.kin, found), groups, strict=True)
        )
        wanted: dict[str, list[tuple[int, float]]] = {}
        for place, group in enumerate(both):
            for term, weight in group.items():
                wanted.setdefault(term, []).append((place, weight))
        own = {
            term: telling(term, found) if term in group or not group else max(group.values())
            for term, group in zip(question.said, groups, strict=True)
        }
        total = max(sum(own.values()), 1e-9)
        strange = sum(
            own[term] for term, group in zip(question.said, groups, strict=True) if not group
        )
        return cls(both, total, strange / total, wanted)


def unknown(question: Question, found: Candidates) -> list[str]:
    """Terms of the question that stand in no document, nor does another word for them."""
    return [
        term
        for term, group in zip(question.said, question.groups, strict=True)
        if not any(found.having.get(other) for other in group)
    ]


def _telling(
    groups: Sequence[Mapping[str, float]], found: Candidates
) -> tuple[Mapping[str, float], ...]:
    """Without the terms that stand in no document."""
    return tuple(
        {t: weight * telling(t, found) for t, weight in group.items() if found.having.get(t)}
        for group in groups
    )


def telling(term: str, found: Candidates) -> float:
    """The inverse document frequency of a term."""
    having, documents = found.having.get(term, 0), max(found.documents, FEWEST)
    return math.log(1 + (documents - having + 0.5) / (having + 0.5))


def rank(
    question: Question,
    found: Candidates,
    near: Near = NOWHERE,
    *,
    now: datetime,
    service: str | None = None,
) -> list[Ranked]:
    """Best first; what neither shares a telling word nor is near is left out."""
    weights = Weights.of(question, found)
    by_words = [
        _ranked(weights, candidate, found, prior=_prior(candidate, now, service))
        for candidate in found.items
    ]
    ranked = _fused(by_words, near)
    return sorted(
        (one for one in ranked if one.score > 0), key=lambda one: (-one.score, one.candidate.id)
    )


def _fused(ranked: Sequence[Ranked], near: Near) -> Sequence[Ranked]:
    """With nearness in meaning added: the score by words as a share of the best, the cosine
    between the farthest that was found and the nearest (Bruch et al., "An Analysis of Fusion
    Functions for Hybrid Retrieval", TOIS 2023)."""
    if not near.cosines:
        return ranked
    farthest, nearest = min(near.cosines.values()), max(near.cosines.values())
    most = max((one.score for one in ranked), default=0.0) or 1.0
    weight = MEANING.get(near.embedding, MEANING[""]) * most / (nearest - farthest + 1e-6)
    fused = []
    for one in ranked:
        cosine = near.cosines.get(one.candidate.number)
        if cosine is None:
            fused.append(one)
        else:
            score = one.score + weight * (cosine - farthest)
            fused.append(replace(one, score=score, cosine=cosine, embedding=near.embedding))
    return fused


def _ranked(weights: Weights, candidate: Candidate, found: Candidates, *, prior: float) -> Ranked:
    match = Match.of(candidate, weights.wanted)
    scores = [_passage(match, place, weights, found) for place in range(len(match.passages))]
    score = _whole(match, weights, found) + PASSAGE * max(scores, default=0.0)
    best = sorted(range(len(scores)), key=lambda place: -scores[place])
    support = prior * score / weights.total - UNKNOWN * weights.unknown
    score += BEGINNING * max(scores[:BEGINS_WITH], default=0.0)
    score *= prior * (max(1, candidate.length) / found.length) ** -LONG
    return Ranked(candidate, score, support, tuple(best[:4]), match)


def _whole(match: Match, weights: Weights, found: Candidates) -> float:
    counts = Counter(term for hits in match.passages for _, term in hits)
    said: dict[str, float] = dict(counts)
    for terms in match.headings:
        for term in terms:
            said[term] = said.get(term, 0) + IN_HEADING
    for term in match.title:
        said[term] = said.get(term, 0) + IN_TITLE
    norm = K * (1 - DOCUMENT_B + DOCUMENT_B * match.candidate.length / found.length)
    best: dict[int, float] = {}
    for term, count in said.items():
        share = count * (K + 1) / (count + norm)
        for group, weight in weights.wanted[term]:
            best[group] = max(best.get(group, 0.0), weight * share)
    return sum(best.values())


def _passage(match: Match, place: int, weights: Weights, found: Candidates) -> float:
    counts: dict[str, float] = dict(Counter(term for _, term in match.passages[place]))
    for terms in (match.headings[place], match.title):
        for term in terms:
            counts[term] = counts.get(term, 0) + 0.5
    norm = (1 - PASSAGE_B) + PASSAGE_B * match.lengths[place] / found.passage_length
    best: dict[int, float] = {}
    for term, count in counts.items():
        share = count * 2 / (count + norm)
        for group, weight in weights.wanted[term]:
            best[group] = max(best.get(group, 0.0), weight * share)
    return sum(best.values())


def _prior(candidate: Candidate, now: datetime, service: str | None) -> float:
    prior = EVENT if candidate.kind in HAPPENED else 1.0
    if service is not None and candidate.service == service:
        prior *= SAME_SERVICE
    if candidate.incident is not None and candidate.date is not None:
        age = max(timedelta(0), now - candidate.date)
        prior *= 1 + RECENT * 0.5 ** (age / HALF_LIFE)
    return prior
