"""A thousand questions of people with every right: nothing of what they may not see comes out."""

import random
from collections.abc import Iterator

from bot.ports.queries import MUSTER, Viewer
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


async def test_no_answer_list_or_count_tells_of_a_hidden_incident(records: Shelf) -> None:
    kinds = ({"visibility": "private", "members": ["ann"]}, {"test": True}, {})
    numbers = []
    for canary, fields in zip(CANARIES, kinds, strict=True):
        number = await records.opens(f"Turnstile gateway {canary}", **fields)
        await records.resolves(number, f"The badge {canary} was renewed and the queue drained.")
        numbers.append(number)
    await records.indexing.catch_up()
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
    assert await records.knowledge.search("zzyzxcanary", MUSTER, limit=5) == []
