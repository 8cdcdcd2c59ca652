"""A question taken apart: each of its words with the other words that mean the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.engine.knowledge.kin import kin
from bot.engine.knowledge.thesaurus import longest, meanings
from bot.engine.knowledge.words import terms

LONGEST: Final = 40
"""Terms of a question that are looked for; the rest of a long paste tells little more."""

ALIKE: Final = 0.6
"""What another word for the same is worth, beside the word itself."""

OF_A_KIND: Final = 0.5
"""What a word of a kind with it is worth, times how near it is."""

OTHERS: Final = 150
"""Other words that are looked for at most."""


@dataclass(frozen=True, slots=True)
class Question:
    """`said`: its terms in order. `groups`: for each one, the terms that stand for it → weight.

    `kin`: for each one, further terms of a kind with it → weight. They help to find; where a
    document has them, it need not have what was asked for.
    """

    text: str
    said: tuple[str, ...]
    groups: tuple[Mapping[str, float], ...]
    kin: tuple[Mapping[str, float], ...]

    @property
    def others(self) -> list[str]:
        """Words that were not said, the closest first."""
        weights: dict[str, float] = {}
        for group in (*self.groups, *self.kin):
            for term, weight in group.items():
                weights[term] = max(weight, weights.get(term, 0.0))
        found = [term for term in weights if term not in self.said]
        return sorted(found, key=lambda term: -weights[term])[:OTHERS]


def read_question(text: str, alike: Sequence[tuple[str, ...]] = ()) -> Question:
    """`alike`: phrases that mean the same, besides those of the thesaurus."""
    said = tuple(terms(text))[:LONGEST]
    order = list(dict.fromkeys(said))
    groups: list[dict[str, float]] = [{term: 1.0} for term in order]
    for begin in range(len(said)):
        for end in range(begin + 1, min(len(said), begin + longest()) + 1):
            _add(groups[order.index(said[begin])], meanings().get(said[begin:end], ()), order)
    for phrase in alike:
        for begin in range(len(said) - len(phrase) + 1):
            if said[begin : begin + len(phrase)] == phrase:
                _add(groups[order.index(said[begin])], alike, order)
    near = tuple(
        {
            other: OF_A_KIND * nearness
            for other, nearness in kin(term)
            if other not in {*order, *group}
        }
        for term, group in zip(order, groups, strict=True)
    )
    return Question(text, tuple(order), tuple(groups), near)


def _add(group: dict[str, float], phrases: Sequence[tuple[str, ...]], order: Sequence[str]) -> None:
    """A phrase of several words shares the weight among them."""
    for phrase in phrases:
        for term in phrase:
            if term not in order:
                group[term] = max(group.get(term, 0.0), ALIKE / len(phrase))
