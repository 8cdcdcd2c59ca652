"""An embedding without a model: words and their letters in threes, each hashed to a place.

(Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009.) It knows no
meaning, only spelling: `CrashLooping` is near `crash-loop`, and a typo near the word.
"""

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.engine.knowledge.words import terms

DIMENSIONS: Final = 512
LETTERS: Final = 0.4
"""What three letters count beside a word."""


class Hashed:
    name: Final = "hash"
    dimensions: Final = DIMENSIONS

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row of length one for each text; of nothing but noughts where there is no word."""
        rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for (said, weight), count in Counter(_parts(text)).items():
                place = zlib.crc32(said.encode())
                sign = 1 if place & 0x8000_0000 else -1
                row[place % DIMENSIONS] += sign * weight * count**0.5
        lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        normal: NDArray[np.float32] = (rows / lengths).astype(np.float32)
        return normal


def _parts(text: str) -> Iterator[tuple[str, float]]:
    for term in terms(text):
        yield term, 1.0
        marked = f"<{term}>"
        for place in range(len(marked) - 2):
            yield f"{marked[place : place + 3]}~", LETTERS
