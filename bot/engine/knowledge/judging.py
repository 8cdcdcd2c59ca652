"""Whether a document answers a question, or only speaks of something else in the same words.

How well it ranks tells half of that. The odds are weighed by how much of the question the document
holds too, and by the products that the question names and the document does not, in a logistic
function (Hosmer & Lemeshow, "Applied Logistic Regression"). The coefficients were fitted to
bench/knowledge/questions.jsonl by `python -m bench.knowledge.fit`, which prints how well they do
on questions left out: they refuse 87 in 100 of the unanswerable ones, and 7 of the others; 82 and
7 where half of the names of products are unknown, as another company's may be.
"""

import math
from collections.abc import Sequence
from typing import Final

from bot.engine.knowledge.products import products
from bot.engine.knowledge.questions import Question
from bot.engine.knowledge.ranking import Ranked, Weights, telling
from bot.ports.knowledge import Candidates

FEATURES: Final = ("one", "support", "held", "length", "unnamed")
LEXICAL: Final = (-8.215, 1.525, 3.963, 2.254, -16.491)
"""A coefficient for each of FEATURES."""

ANSWERS: Final = 0.408
"""The odds, as a share of 1, from which a document answers: as much as refuses 7 in 100 of the
answerable questions it was fitted to."""


def features(
    one: Ranked,
    question: Question,
    weights: Weights,
    found: Candidates,
    names: frozenset[str] | None = None,
) -> list[float]:
    """In the order of FEATURES, each about between 0 and 3. `names` are those of products."""
    known = products() if names is None else names
    there = one.match.terms()
    unnamed = sum(
        telling(term, found)
        for term, group in zip(question.said, question.groups, strict=True)
        if term in known and there.isdisjoint(group)
    )
    return [
        1.0,
        one.support,
        one.match.held(weights.wanted) / weights.total,
        math.log(1 + len(question.said)),
        unnamed / weights.total,
    ]


def sure(one: Ranked, question: Question, weights: Weights, found: Candidates) -> float:
    """How sure it is that the document answers, between 0 and 1."""
    return chance(LEXICAL, features(one, question, weights, found))


def chance(coefficients: Sequence[float], given: Sequence[float]) -> float:
    odds = sum(c * f for c, f in zip(coefficients, given, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
