"""Plain BM25 and TF-IDF over whole documents, and BM25 with nearness in meaning added as it is, for
comparison in the same run."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from bot.ports.knowledge import Document
from storage.search import COMMON

K: Final = 1.5
B: Final = 0.75
_WORD: Final = re.compile("[a-z0-9]+")


def words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if word not in COMMON]


class Baseline:
    def __init__(self, documents: Sequence[Document]) -> None:
        self.ids = [one.id for one in documents]
        self.counts = [Counter(words(f"{one.title} {one.text}")) for one in documents]
        self.having = Counter(word for count in self.counts for word in count)
        self.lengths = [sum(count.values()) for count in self.counts]
        self.average = sum(self.lengths) / len(self.lengths)

    def _top(self, scores: Sequence[float], limit: int) -> list[str]:
        order = sorted(range(len(scores)), key=lambda place: -scores[place])
        return [self.ids[place] for place in order[:limit]]

    def bm25(self, query: str, limit: int) -> list[str]:
        return self._top(self._bm25(query), limit)

    def linear(self, query: str, cosines: Mapping[str, float], limit: int) -> list[str]:
        """Each as a share of its best; `cosines` of the nearest documents, by id."""
        by_words, farthest = self._bm25(query), min(cosines.values(), default=0.0)
        most, nearest = max(by_words) or 1.0, max(cosines.values(), default=1.0)
        both = [
            score / most + cosines.get(id, farthest) / nearest
            for id, score in zip(self.ids, by_words, strict=True)
        ]
        return self._top(both, limit)

    def _bm25(self, query: str) -> list[float]:
        asked, many = words(query), len(self.ids)
        weights = {
            w: math.log(1 + (many - self.having[w] + 0.5) / (self.having[w] + 0.5)) for w in asked
        }
        scores = []
        for count, length in zip(self.counts, self.lengths, strict=True):
            norm = K * (1 - B + B * length / self.average)
            scores.append(
                sum(weights[w] * count[w] * (K + 1) / (count[w] + norm) for w in asked if count[w])
            )
        return scores

    def tf_idf(self, query: str, limit: int) -> list[str]:
        asked, many = Counter(words(query)), len(self.ids)
        weights = {w: math.log((1 + many) / (1 + self.having[w])) + 1 for w in asked}
        scores = []
        for count, length in zip(self.counts, self.lengths, strict=True):
            dot = sum(
                asked[w] * weights[w] ** 2 * (1 + math.log(count[w])) for w in asked if count[w]
            )
            scores.append(dot / math.sqrt(length + 1))
        return self._top(scores, limit)
