"""`python -m bench.knowledge.fit`: the coefficients of bot/engine/knowledge/judging.py, anew.

Prints them, and what they do to questions that were left out: ten parts, each judged by what the
other nine taught. Questions, not rows, are left out, since one stands in two rows. Then the same
where half of the names of products are unknown, as those of another company's corpus may be.
"""

import argparse
import asyncio
import random
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import numpy as np

from bench.knowledge import data
from bench.knowledge.measure import SETTINGS, library
from bot.engine.knowledge.asking import CANDIDATES
from bot.engine.knowledge.judging import FEATURES, features
from bot.engine.knowledge.products import products
from bot.engine.knowledge.questions import Question, read_question
from bot.engine.knowledge.ranking import Ranked, Weights, rank
from bot.engine.knowledge.shorthand import written_out
from bot.ports.knowledge import Candidates
from bot.ports.queries import MUSTER

PARTS: Final = 10
ROUNDS: Final = 5
REFUSED: Final = 0.07
"""Of the answerable questions it learns from."""

RIDGE: Final = 1.0
Array = Any


class Judged(NamedTuple):
    """`best`: the document that ranks first, if there is any."""

    answerable: bool
    question: Question
    found: Candidates
    best: Sequence[Ranked]


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.knowledge.fit", description=__doc__)
    parser.add_argument("--data", type=Path, default=data.ROOT.parent / "shared" / "data")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="muster-fit-") as folder:
        judged = asyncio.run(_judged(options.data, Path(folder)))
    answerable = np.array([one.answerable for one in judged])
    names = [one.question.text for one in judged]
    rows = _rows(judged, products())
    learned = fit(rows, answerable)
    for name, coefficient in zip(FEATURES, learned, strict=True):
        print(f"{name:10} {coefficient:8.3f}")
    print(f"answers from {_chance(_border(rows @ learned, answerable)):.3f}")
    unanswerable, refused = held_out(rows, answerable, names)
    print(f"left out: {unanswerable:.3f} of the unanswerable refused, {refused:.3f} of the others")
    for seed in range(ROUNDS):
        known = frozenset(random.Random(seed).sample(sorted(products()), len(products()) // 2))
        unanswerable, refused = held_out(_rows(judged, known), answerable, names)
        print(f"with half of the names: {unanswerable:.3f}, {refused:.3f}")


async def _judged(folder: Path, place: Path) -> list[Judged]:
    judged = []
    for number, kinds in enumerate(SETTINGS):
        documents = data.documents(folder, kinds)
        knowledge = await library(place / f"{number}.db", documents)
        for asked in data.questions(data.OWN, (one.id for one in documents)):
            question = read_question(written_out(asked.query))
            found = await knowledge.library.candidates(
                question.said, question.others, MUSTER, limit=CANDIDATES
            )
            ranked = rank(question, found, now=knowledge.clock.now())
            judged.append(Judged(asked.answerable, question, found, ranked[:1]))
    return judged


def _rows(judged: Sequence[Judged], names: frozenset[str]) -> Array:
    """What is judged by; the names are those of products that are known."""
    rows = []
    for one in judged:
        weights = Weights.of(one.question, one.found)
        row = [features(best, one.question, weights, one.found, names) for best in one.best]
        rows.append(row[0] if row else [0.0] * len(FEATURES))
    return np.array(rows)


def fit(rows: Array, answerable: Array) -> Array:
    """Newton's steps; both kinds of questions count alike, whatever their number."""
    mean, spread = rows.mean(0), rows.std(0) + 1e-9
    mean[0], spread[0] = 0, 1
    scaled = (rows - mean) / spread
    weight = np.where(answerable, 0.5 / answerable.mean(), 0.5 / (1 - answerable.mean()))
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


def held_out(rows: Array, answerable: Array, names: Sequence[str]) -> tuple[float, float]:
    shares = []
    for seed in range(ROUNDS):
        known = sorted(set(names))
        order = np.random.default_rng(seed).permutation(len(known)) % PARTS
        part = np.array([dict(zip(known, order, strict=True))[name] for name in names])
        refused = np.zeros(len(names), dtype=bool)
        for left in range(PARTS):
            out, kept = part == left, part != left
            learned = fit(rows[kept], answerable[kept])
            refused[out] = rows[out] @ learned < _border(rows[kept] @ learned, answerable[kept])
        shares.append((refused[~answerable].mean(), refused[answerable].mean()))
    unanswerable, others = np.mean(shares, axis=0)
    return float(unanswerable), float(others)


def _border(odds: Array, answerable: Array) -> float:
    return float(np.quantile(odds[answerable], REFUSED))


def _chance(odds: float) -> float:
    return float(1 / (1 + np.exp(-odds)))


if __name__ == "__main__":
    main()
