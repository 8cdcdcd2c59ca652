"""A thousand questions of people with every right: nothing of what they may not see comes out."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import pytest

from bot.domain.incident import Incident
from bot.engine.knowledge.keeping import Keeping
from bot.engine.knowledge.nearness import Nearness
from bot.ports.queries import MUSTER, Viewer
from tests.fakes.vectors import Here
from tests.knowledge.conftest import Shelf

WORDS = [
    *("turnstile", "gateway", "badge", "pool", "checkout", "certificate", "disk", "queue"),
    *("broker", "snapshot", "node", "drain", "database", "timeout", "replica", "failover"),
]
CANARIES = ("xylocanary", "quuxcanary", "zzyzxcanary")
VIEWERS = (Viewer(), Viewer("ben"), Viewer("eva"), Viewer("ann"))


WAYS = ("words", "words and vectors")
SEEDS = {
    (way, dialect): seed
    for seed, (way, dialect) in enumerate(product(WAYS, ("sqlite", "postgresql")))
}
"""Each way has questions of its own: a thousand in all, which every role asks."""


def questions(count: int, seed: int = 5) -> Iterator[str]:
    chosen = random.Random(seed)
    for _ in range(count):
        yield " ".join(
            [*chosen.sample(WORDS, 3), chosen.choice((*CANARIES, "incident")), "what fixed it?"]
        )


@pytest.mark.parametrize("by", WAYS)
async def test_no_answer_list_or_count_tells_of_a_hidden_incident(
    records: Shelf, dialect: str, by: str, tmp_path: Path
) -> None:
    here = Here.at(tmp_path / "vectors")
    if by == "words and vectors":
        records.knowledge.nearness = Nearness(here, seconds=30)
    kinds = ({"visibility": "private", "members": ["ann"]}, {"test": True}, {})
    numbers = []
    for canary, fields in zip(CANARIES, kinds, strict=True):
        number = await records.opens(f"Turnstile gateway {canary}", **fields)
        await records.resolves(number, f"The badge {canary} was renewed and the queue drained.")
        numbers.append(number)
    await records.indexing.catch_up()
    await Keeping(records.library, here).round()
    await records.hides(numbers[2])  # indexed while it was public, and nobody indexed since
    like = await records.incident(await records.opens("Turnstile gateway badge queue"))

    async def asks(viewer: Viewer, asked: Sequence[str]) -> None:
        for place, question in enumerate(asked):
            told = await _told(records, question, viewer)
            if place % 25 == 0:
                told += await _listed(records, question, like, viewer)
            assert not [said for said in told if "canary" in said.lower()], (question, viewer)

    asked = list(questions(250, SEEDS[by, dialect]))
    async with asyncio.TaskGroup() as together:
        for viewer in VIEWERS:
            for begin in range(0, len(asked), 50):
                together.create_task(asks(viewer, asked[begin : begin + 50]))
    hits = await records.knowledge.search("zzyzxcanary", MUSTER, limit=50)
    assert numbers[2] not in [hit.document.incident for hit in hits]
    await here.worker.close()


async def _told(records: Shelf, question: str, viewer: Viewer) -> list[str]:
    answer = await records.ask(question, viewer)
    titles = [one.title for one in answer.nearest]
    return [answer.text, *titles, *(one.quote for one in answer.citations)]


async def _listed(records: Shelf, question: str, like: Incident, viewer: Viewer) -> list[str]:
    hits = await records.knowledge.search(question, viewer, limit=50)
    near = await records.knowledge.similar(like, viewer, limit=50)
    told = [f"{hit.document.title} {hit.snippet}" for hit in hits]
    return told + [f"{one.document.title} {one.fix}" for one in near]


async def test_what_becomes_private_is_gone_from_the_very_next_answer(
    records: Shelf, tmp_path: Path
) -> None:
    here = Here.at(tmp_path / "vectors")
    records.knowledge.nearness = Nearness(here, seconds=30)
    number = await records.opens("Turnstile gateway quuxcanary")
    await records.resolves(number, "The badge quuxcanary was renewed.")
    await records.indexing.catch_up()
    await Keeping(records.library, here).round()
    assert "quuxcanary" in (await records.ask("turnstile gateway quuxcanary?")).text
    await records.hides(number)
    for viewer in VIEWERS:
        for question in ("turnstile gateway quuxcanary?", "gateway tournstile qwuxcanary badge"):
            answer = await records.ask(question, viewer)
            assert "quuxcanary" not in f"{answer.text} {answer.nearest} {answer.citations}"
    await here.worker.close()
