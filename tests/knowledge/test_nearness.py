"""Nearness in meaning: it adds what words miss, and nobody waits for it or believes it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.engine.knowledge.asking import Knowledge
from bot.engine.knowledge.keeping import Keeping
from bot.engine.knowledge.nearness import Nearness
from bot.ports.analyst import Ability, Job, Refused, Unavailable
from bot.ports.knowledge import Document
from bot.ports.queries import MUSTER
from storage.library.library import SqlLibrary
from tests.fakes.vectors import Here
from tests.knowledge.conftest import BEN, Shelf


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    here = Here.at(tmp_path / "vectors")
    yield here
    await here.worker.close()


@pytest.fixture
async def keeping(records: Shelf, here: Here) -> Keeping:
    made = Keeping(records.library, here)
    await made.round()
    return made


def ask(records: Shelf, here: Any) -> Knowledge:
    return Knowledge(records.library, records.clock, lambda: "a", nearness=Nearness(here))


def held(here: Here) -> set[int]:
    return set(here.worker.index.kept)


async def stored(records: Shelf) -> dict[str, int]:
    return {document.id: n async for n, document in records.library.everything()}


async def test_a_misspelt_word_finds_what_words_alone_do_not(
    records: Shelf, here: Here, keeping: Keeping
) -> None:
    question = "certifikate baddly expird"
    assert not await records.knowledge.search(question, BEN, limit=3)
    hits = await ask(records, here).search(question, BEN, limit=3)
    assert hits[0].document.id == "rb-cert"


async def test_the_index_becomes_like_the_library(
    records: Shelf, here: Here, keeping: Keeping
) -> None:
    numbers = await stored(records)
    assert held(here) == set(numbers.values())
    assert await keeping.round() == (0, 0)
    changed = Document(id="rb-0", kind="runbook", title="Drain", text="Flamingos first.")
    await records.library.put([changed])
    assert await keeping.round() == (1, 0)
    assert here.worker.index.kept[numbers["rb-0"]].digest == changed.digest


async def test_an_index_that_was_lost_is_filled_again(
    records: Shelf, here: Here, keeping: Keeping
) -> None:
    here.worker.index.begin_anew()
    assert not held(here)
    await keeping.round()
    assert held(here) == set((await stored(records)).values())


async def test_what_nobody_stored_is_dropped(records: Shelf, here: Here, keeping: Keeping) -> None:
    passage = {"document": 4711, "place": 0, "of": 1, "digest": "x", "text": "left over"}
    await here.worker.do("put", {"passages": [passage]}, 1.0)
    assert await keeping.round() == (0, 1)
    assert 4711 not in held(here)


async def test_an_incident_is_near_once_it_ended_and_gone_once_it_is_private(
    records: Shelf, here: Here, keeping: Keeping
) -> None:
    number = await records.opens("Zebra feeders jammed in hall nine")
    await records.resolves(number, "We greased the feeders.")
    await records.indexing.catch_up()
    await keeping.round()
    knowledge = ask(records, here)
    (hit, *_) = await knowledge.search("feederz jamed", BEN, limit=3)
    assert hit.document.incident == number
    await records.hides(number)
    assert number not in [
        one.document.incident for one in await knowledge.search("feederz jamed", BEN, limit=9)
    ]
    await keeping.round()
    assert held(here) == set((await stored(records)).values()) - await of(records, number)


async def of(records: Shelf, incident: int) -> set[int]:
    return {n async for n, one in records.library.everything() if one.incident == incident}


async def test_many_documents_are_compared_page_by_page(records: Shelf, here: Here) -> None:
    await records.library.put(
        [Document(id=f"d{n}", kind="document", title=f"t{n}", text=f"w{n}") for n in range(7)]
    )
    keeping = Keeping(records.library, here, page=3)
    await keeping.round()
    here.worker.index.drop(set(sorted(held(here))[2:6]))
    assert await keeping.round() == (4, 0)
    assert await keeping.round() == (0, 0)


async def test_words_alone_answer_while_the_analyst_is_away(
    records: Shelf, here: Here, keeping: Keeping
) -> None:
    here.away = True
    hits = await ask(records, here).search("connection pool exhausted", BEN, limit=3)
    assert hits[0].document.id == "pm-pool"
    await keeping.round_or_later()  # and says so in the log


class Wrong:
    """An analyst that says this, whatever it is asked."""

    def __init__(self, said: Any) -> None:
        self.said = said

    def facts(self, ability: Ability) -> Mapping[str, Any] | None:
        return {"embedding": "hash"}

    async def do(self, job: Job) -> Any:
        if isinstance(self.said, Exception):
            raise self.said
        return {"found": self.said}


@pytest.mark.parametrize(
    "said",
    [
        None,
        "x",
        [None, {}, {"document": "1", "score": 1}, {"document": True, "score": 1}],
        [{"document": 10**30, "score": 1}, {"document": -4, "score": 1}],
        [{"document": 1, "score": float("nan")}, {"document": 1, "score": "1"}],
        [{"document": 999, "place": 0, "score": 1e9}] * 5000,
        Refused("begun_anew", "it was damaged"),
        Unavailable(),
    ],
    ids=range(8),
)
async def test_whatever_it_says_words_still_answer(records: Shelf, said: Any) -> None:
    hits = await ask(records, Wrong(said)).search("connection pool exhausted", BEN, limit=3)
    assert hits[0].document.id == "pm-pool"


async def test_secrets_and_private_incidents_never_reach_the_index(
    records: Shelf, here: Here, keeping: Keeping
) -> None:
    number = await records.opens("Quagga", description="token ghp_" + "a1B2" * 9)
    await records.resolves(number, "rotated")
    private = await records.opens("Okapi canary")
    await records.hides(private)
    await records.resolves(private, "okapi")
    await records.indexing.catch_up()
    here.jobs.clear()
    await keeping.round()
    told = repr([job.body for job in here.jobs])
    assert "Quagga" in told
    assert "ghp_a1B2" not in told
    assert "kapi" not in told


async def test_what_another_process_wrote_down_is_seen_soon(records: Shelf, here: Here) -> None:
    keeping = Keeping(records.library, here, glances_every=0.01, pause=0.0)
    running = asyncio.create_task(keeping.run())
    while not held(here):
        await asyncio.sleep(0)
    beside = SqlLibrary(records.store)  # as `muster knowledge add` has it: nobody is told
    records.clock.forward(seconds=1)
    await beside.put([Document(id="rb-0", kind="runbook", title="Drain", text="Flamingos first.")])
    number = (await stored(records))["rb-0"]
    digest = (await records.library.read([number], MUSTER))[number].digest
    async with asyncio.timeout(10):
        while (kept := here.worker.index.kept.get(number)) is None or kept.digest != digest:
            await asyncio.sleep(0)
    running.cancel()


async def test_what_comes_while_many_are_told_goes_first(records: Shelf, here: Here) -> None:
    many = [Document(id=f"d{n}", kind="document", title=f"t{n}", text=f"w{n}") for n in range(50)]
    await records.library.put(many)
    comes = [Document(id="new", kind="document", title="New", text="emu")]

    class Meanwhile:
        facts = here.facts

        async def do(self, job: Job) -> Mapping[str, Any]:
            if job.kind == "vectors.put" and comes:
                records.clock.forward(seconds=1)
                await records.library.put([comes.pop()])
            return await here.do(job)

    keeping = Keeping(records.library, Meanwhile())
    told, _ = await keeping.round()
    assert told < 50, "the round ends for it"
    here.jobs.clear()
    await keeping.round()
    first = next(job.body["passages"] for job in here.jobs if job.kind == "vectors.put")
    assert [one["document"] for one in first] == [(await stored(records))["new"]]


async def test_a_document_that_comes_wakes_whoever_keeps_the_index(
    records: Shelf, here: Here
) -> None:
    keeping = Keeping(records.library, here, pause=0.0)
    records.library.changed = keeping.look
    running = asyncio.create_task(keeping.run())
    await records.library.put([Document(id="n", kind="document", title="New", text="emu")])
    number = (await stored(records))["n"]
    while number not in held(here):
        await asyncio.sleep(0)
    running.cancel()
