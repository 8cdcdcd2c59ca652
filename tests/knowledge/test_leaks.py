"""A thousand questions of people with every right: nothing of what they may not see comes out."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

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


def questions(count: int) -> Iterator[str]:
    chosen = random.Random(5)
    for _ in range(count):
        yield " ".join(
            [*chosen.sample(WORDS, 3), chosen.choice((*CANARIES, "incident")), "what fixed it?"]
        )


@pytest.mark.parametrize("by", ["words", "words and vectors"])
async def test_no_answer_list_or_count_tells_of_a_hidden_incident(
    records: Shelf, by: str, tmp_path: Path
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
    for place, question in enumerate(questions(250)):
        for viewer in VIEWERS:
            answer = await records.ask(question, viewer)
            told = [answer.text, *(one.title for one in answer.nearest)]
            told += [c.quote for c in answer.citations]
            if place % 25 == 0:
                hits = await records.knowledge.search(question, viewer, limit=50)
                told += [f"{hit.document.title} {hit.snippet}" for hit in hits]
                near = await records.knowledge.similar(like, viewer, limit=50)
                told += [f"{one.document.title} {one.fix}" for one in near]
            assert not [said for said in told if "canary" in said.lower()], (question, viewer)
    hits = await records.knowledge.search("zzyzxcanary", MUSTER, limit=50)
    assert numbers[2] not in [hit.document.incident for hit in hits]
    await here.worker.close()


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
