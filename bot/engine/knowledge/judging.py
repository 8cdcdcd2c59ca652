"""Whether a document answers a question, or only speaks of something else in the same words.

How well it ranks tells a part of that. The odds are weighed in a logistic function (Hosmer &
Lemeshow, "Applied Logistic Regression") by how much of the question the document holds, and in one
place; by the products that the question names and the document does not; by how long it is, since
a long document has most words somewhere, and among how many it was found; and by how near it is in
meaning, where that is measured by an embedding whose cosines are known. The coefficients were
fitted to bench/knowledge/questions.jsonl by `python -m bench.knowledge.fit`, which prints how well
they do on questions of other writers.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bot.engine.knowledge.kin import is_common
from bot.engine.knowledge.products import products, same_name
from bot.engine.knowledge.questions import Question
from bot.engine.knowledge.ranking import Ranked, Weights, telling
from bot.ports.knowledge import Candidates

FEATURES: Final = (
    *("one", "support", "held", "length", "unnamed", "absent"),
    *("strange", "together", "long", "cosine", "many"),
)
LEXICAL: Final = (
    *(-9.194, 0.813, 4.763, 2.498, -11.972, -3.046, -1.211, 6.368, -0.099, 0.0, -0.493),
)
"""A coefficient for each of FEATURES, where nobody measured nearness in meaning."""

BY_MEANING: Final[Mapping[str, Sequence[float]]] = {
    "local": (
        *(-9.270, -0.469, 7.295, 1.943, -18.244, -2.125, -1.358, 4.563, -0.560, 5.500, -0.466),
    ),
}
"""The same for an embedding; all others are judged by words alone."""

ANSWERS: Final = 0.5
"""The odds, as a share of 1, from which a document answers."""

FEW: Final = 500
MANY: Final = 2_500
"""Documents: among more, chance puts more of a question into one of them. What is told apart lies
between these, since that is what it was fitted to."""

WITHIN: Final = 25
"""Terms of a stretch that is looked at for words that stand together."""


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

    def lacking(counts: Callable[[str], bool], same: Callable[[str, str], bool]) -> list[str]:
        """Such words of the question for which the document has none that is the same."""
        return [
            term
            for term, group in zip(question.said, question.groups, strict=True)
            if counts(term) and not any(same(term, other) for other in there & group.keys())
        ]

    def share(words: Sequence[str]) -> float:
        return sum(telling(word, found) for word in words) / weights.total

    unnamed = lacking(known.__contains__, same_name)
    strange = lacking(lambda word: not (word in known or _is_plain(word)), _stands_for)
    return [
        1.0,
        one.support,
        one.match.held(weights.wanted) / weights.total,
        math.log(1 + len(question.said)),
        share(unnamed),
        float(any(not found.having.get(name) for name in unnamed)),
        share(strange),
        one.match.together(weights.wanted, WITHIN) / max(1, len(question.said)),
        math.log(max(1, one.candidate.length) / found.length),
        one.cosine,
        math.log(min(max(found.documents, FEW), MANY) / FEW),
    ]


def _is_plain(word: str) -> bool:
    return word.isdigit() or is_common(word)


def _stands_for(term: str, other: str) -> bool:
    """Any other word for it will do."""
    return True


def sure(one: Ranked, question: Question, weights: Weights, found: Candidates) -> float:
    """How sure it is that the document answers, between 0 and 1."""
    coefficients = BY_MEANING.get(one.embedding, LEXICAL)
    return chance(coefficients, features(one, question, weights, found))


def chance(coefficients: Sequence[float], given: Sequence[float]) -> float:
    odds = sum(c * f for c, f in zip(coefficients, given, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
