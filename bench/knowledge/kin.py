"""Makes `kin.txt`: `python -m bench.knowledge.kin`, with the weights of `make semantic`; minutes.

The words are those the model knows whole (its vocabulary, the most frequent first), as terms of a
question; words of two letters tell too little.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from bot.engine.knowledge.kin import FILE
from bot.engine.knowledge.words import terms
from storage.vectors.embedding import weights_in
from storage.vectors.minilm import TOKENS, MiniLM

NEAR: Final = 0.6
"""The cosine from which a word is of a kind with another."""

MOST: Final = 8
SHORTEST: Final = 3
TOGETHER: Final = 256


def main() -> int:
    weights = weights_in("")
    if weights is None:
        print("The weights are missing: make semantic.")
        return 2
    known = list(words(weights))
    lines = sorted(kin_of(known, MiniLM(weights)))
    FILE.write_text("".join(f"{line}\n" for line in lines))
    print(f"{sum(' ' in line for line in lines)} of {len(known)} words have kin.")
    return 0


def words(weights: Path) -> Iterator[str]:
    """Each once."""
    vocabulary = json.loads((weights / TOKENS).read_text())["model"]["vocab"]
    seen: set[str] = set()
    for word in sorted(vocabulary, key=vocabulary.__getitem__):
        if not (word.isascii() and word.isalpha() and len(word) >= SHORTEST):
            continue
        for term in terms(word):
            if term not in seen and tuple(terms(term)) == (term,):  # `cans` are no `can`
                seen.add(term)
                yield term


def kin_of(known: Sequence[str], model: MiniLM) -> Iterator[str]:
    """The lines of the file."""
    parts = [known[begin : begin + TOGETHER] for begin in range(0, len(known), TOGETHER)]
    vectors = np.concatenate([model.embed(part) for part in parts])
    for place, word in enumerate(known):
        cosines = vectors @ vectors[place]
        cosines[place] = 0
        nearest = [n for n in np.argsort(-cosines)[:MOST] if cosines[n] >= NEAR]
        said = (f"{known[n]}{min(99, round(float(cosines[n]) * 100))}" for n in nearest)
        yield " ".join((word, *said))


if __name__ == "__main__":
    sys.exit(main())
