"""Where the words of a question stand in a document: one walk over its terms, then arithmetic."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

from bot.ports.knowledge import Candidate

Wanted = Mapping[str, Sequence[tuple[int, float]]]
"""Term → the words of the question it stands for, by their place, and its weight for each."""


Hit = tuple[int, str]
"""The place of a term of the question in a passage, and the term."""


@dataclass(frozen=True, slots=True)
class Match:
    """What of the question a document's passages hold, in order, its headings and its title."""

    candidate: Candidate
    passages: tuple[tuple[Hit, ...], ...]
    headings: tuple[frozenset[str], ...]
    title: frozenset[str]
    lengths: tuple[int, ...]

    @classmethod
    def of(cls, candidate: Candidate, wanted: Wanted) -> "Match":
        terms = [passage.terms.split() for passage in candidate.passages]
        return cls(
            candidate,
            tuple(
                tuple(compress(enumerate(said), map(wanted.__contains__, said))) for said in terms
            ),
            tuple(_among(passage.heading, wanted) for passage in candidate.passages),
            _among(candidate.title_terms, wanted),
            tuple(map(len, terms)),
        )

    def terms(self) -> set[str]:
        """Every term of the question that stands anywhere in it."""
        return {term for hits in self.passages for _, term in hits}.union(
            self.title, *self.headings
        )

    def held(self, wanted: Wanted) -> float:
        """How much of the question it holds, each word by the best that stands for it."""
        held: dict[int, float] = {}
        for term in self.terms():
            for group, weight in wanted[term]:
                held[group] = max(held.get(group, 0.0), weight)
        return sum(held.values())

    def together(self, wanted: Wanted, within: int) -> int:
        """How many words of the question stand, themselves or by another for them, in one stretch
        of a passage; `within`: terms from the first to the last."""
        most = 0
        for hits in self.passages:
            counts: Counter[int] = Counter()
            first = 0
            for place, term in hits:
                counts.update(group for group, _ in wanted[term])
                while place - hits[first][0] > within:
                    counts.subtract(group for group, _ in wanted[hits[first][1]])
                    first += 1
                most = max(most, sum(count > 0 for count in counts.values()))
        return most


def _among(said: str, wanted: Wanted) -> frozenset[str]:
    return frozenset(term for term in said.split() if term in wanted) if said else frozenset()
