"""`python -m bench.knowledge.fit`: the coefficients of bot/engine/knowledge/judging.py, anew.

Prints them, and what they do to questions that were left out: those of each writer are judged by
what the other writers taught, those of the first one in parts. Questions, not rows, are left out,
since one stands in two rows. Then the same where half of the names of products are unknown, as
those of another company's documents may be. By meaning too, where the weights of `local` are here.
"""

import argparse
import asyncio
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple
from zlib import crc32

import numpy as np

from bench.knowledge import data
from bench.knowledge.measure import SETTINGS, library, nearing
from bench.knowledge.near import embeddings
from bot.engine.knowledge.answering import best_few
from bot.engine.knowledge.asking import CANDIDATES, Knowledge
from bot.engine.knowledge.judging import BY_MEANING, FEATURES, features
from bot.engine.knowledge.products import products
from bot.engine.knowledge.questions import Question, read_question
from bot.engine.knowledge.ranking import Ranked, Weights, rank
from bot.engine.knowledge.shorthand import written_out
from bot.ports.knowledge import Candidates
from bot.ports.queries import MUSTER

PARTS: Final = 8
"""Of the first writer's questions."""

ROUNDS: Final = 3
REFUSED: Final = 0.035
"""Of the answerable questions it learns from."""

GROUPS: Final = ("the first writer's", "the others'", "those asked of runbooks too")
"""Of questions; each counts alike, whatever their number."""

RIDGE: Final = 1.0
Array = Any


class Judged(NamedTuple):
    """`best`: the documents that are judged, the best first. `part`: what is left out together.
    `group`: the place of its group in GROUPS."""

    asked: data.Asked
    part: int
    group: int
    question: Question
    found: Candidates
    best: Sequence[Ranked]


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.knowledge.fit", description=__doc__)
    parser.add_argument("--data", type=Path, default=data.ROOT.parent / "shared" / "data")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="muster-fit-") as folder:
        judged = asyncio.run(_judged(options.data, Path(folder)))
    for name, some in judged.items():
        print(f"\n{name}")
        _tell(some)


def _tell(judged: Sequence[Judged]) -> None:
    rows, kinds = _rows(judged, products()), _kinds(judged)
    learned = _bordered(fit(_first(rows), kinds), rows, kinds)
    for name, coefficient in zip(FEATURES, learned, strict=True):
        print(f"{name:10} {coefficient:8.3f}")
    print(_said("left out", judged, held_out(rows, judged)))
    for seed in range(ROUNDS):
        known = frozenset(random.Random(seed).sample(sorted(products()), len(products()) // 2))
        print(_said("with half of the names", judged, held_out(_rows(judged, known), judged)))


def _said(what: str, judged: Sequence[Judged], refused: Array) -> str:
    """Shares of the unanswerable and of the answerable that are refused."""
    kinds = _kinds(judged)
    shares = [
        f"{name} {refused[kinds == 2 * group].mean():.3f} and "
        f"{refused[kinds == 2 * group + 1].mean():.3f}"
        for group, name in enumerate(GROUPS)
    ]
    return f"{what}: of {', of '.join(shares)} are refused"


async def _judged(folder: Path, place: Path) -> dict[str, list[Judged]]:
    judged: dict[str, list[Judged]] = {}
    for number, kinds in enumerate(SETTINGS):
        documents = data.documents(folder, kinds)
        knowledge = await library(place / f"{number}.db", documents)
        settings = [("by words", knowledge)]
        for embedding in embeddings():
            if embedding.name in BY_MEANING:
                near = await nearing(knowledge, embedding, place / f"{number}-{embedding.name}")
                settings.append((f"by the embedding {embedding.name} too", near))
        for name, one in settings:
            asked = [q for q in data.questions(data.OWN, documents) if not (number and q.writer)]
            judged.setdefault(name, []).extend(
                [
                    await _look(one, a, part, 2 if number else int(a.writer > 0))
                    for a, part in _parted(asked)
                ]
            )
    return judged


def _parted(asked: Sequence[data.Asked]) -> Iterator[tuple[data.Asked, int]]:
    for one in asked:
        yield one, one.writer + PARTS if one.writer else crc32(one.query.encode()) % PARTS


async def _look(knowledge: Knowledge, asked: data.Asked, part: int, group: int) -> Judged:
    text = written_out(asked.query)
    question, near = read_question(text), await knowledge.nearness.near(text)
    found = await knowledge.library.candidates(
        question.said, question.others, MUSTER, near=near.cosines, limit=CANDIDATES
    )
    ranked = rank(question, found, near, now=knowledge.clock.now())
    return Judged(asked, part, group, question, found, best_few(ranked))


def _rows(judged: Sequence[Judged], names: frozenset[str]) -> list[Array]:
    """What each document is judged by; the names are those of products that are known."""
    rows = []
    for one in judged:
        weights = Weights.of(one.question, one.found)
        given = [features(best, one.question, weights, one.found, names) for best in one.best]
        rows.append(np.array(given or [[0.0] * len(FEATURES)]))
    return rows


def _first(rows: Sequence[Array]) -> Array:
    return np.array([one[0] for one in rows])


def _odds(rows: Sequence[Array], learned: Array) -> Array:
    """Of the document that answers most surely."""
    return np.array([(one @ learned).max() for one in rows])


def _kinds(judged: Sequence[Judged]) -> Array:
    """Two for each group, the odd ones answerable."""
    return np.array([2 * one.group + one.asked.answerable for one in judged])


def fit(rows: Array, kinds: Array) -> Array:
    """Newton's steps; each kind of questions counts alike, whatever their number."""
    answerable = kinds % 2
    mean, spread = rows.mean(0), rows.std(0) + 1e-9
    mean[0], spread[0] = 0, 1
    scaled = (rows - mean) / spread
    weight = len(kinds) / (2 * len(GROUPS) * np.bincount(kinds))[kinds]
    ridge = RIDGE * np.diag([1e-6] + [1.0] * (rows.shape[1] - 1))
    learned = np.zeros(rows.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-scaled @ learned))
        slope = scaled.T @ (weight * (chance - answerable)) + ridge @ learned
        curve = (scaled * (weight * chance * (1 - chance))[:, None]).T @ scaled + ridge
        learned -= np.linalg.solve(curve, slope)
    unscaled = learned / spread
    unscaled[0] = learned[0] - (learned[1:] * mean[1:] / spread[1:]).sum()
    return unscaled


def held_out(rows: Sequence[Array], judged: Sequence[Judged]) -> Array:
    """Which are refused, each judged by what the other parts taught."""
    kinds, first = _kinds(judged), _first(rows)
    parts = np.array([one.part for one in judged])
    refused = np.zeros(len(judged), dtype=bool)
    for part in set(parts.tolist()):
        out, kept = parts == part, parts != part
        some = [row for row, keep in zip(rows, kept, strict=True) if keep]
        learned = _bordered(fit(first[kept], kinds[kept]), some, kinds[kept])
        refused[out] = _odds(rows, learned)[out] < 0
    return refused


def _bordered(learned: Array, rows: Sequence[Array], kinds: Array) -> Array:
    """With the border at even odds: among few documents between those under which that share of
    each group's answerable questions lies, and among many where that share of theirs does."""
    odds, learned = _odds(rows, learned), learned.copy()
    *few, many = (
        float(np.quantile(odds[kinds == 2 * group + 1], REFUSED)) for group in range(len(GROUPS))
    )
    border = sum(few) / len(few)
    of_many = next(row for row, kind in zip(rows, kinds, strict=True) if kind // 2 == len(few))
    learned[0] -= border
    learned[-1] -= (many - border) / of_many[0, -1]
    return learned


if __name__ == "__main__":
    main()
