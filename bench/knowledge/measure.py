"""The figures: recall and refusal on the questions, quotations, and times at 10,000 documents."""

import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from bench.figure import Figure
from bench.knowledge import data
from bench.knowledge.baselines import Baseline
from bench.knowledge.near import Here, Remembering, cosines, embeddings
from bot.engine.knowledge.asking import Asked, Knowledge
from bot.engine.knowledge.keeping import Keeping
from bot.engine.knowledge.nearness import Nearness
from bot.ports.knowledge import Document
from bot.ports.queries import MUSTER
from storage.clock import SystemClock
from storage.database import open_database
from storage.library.library import SqlLibrary
from storage.schema import create_or_upgrade
from storage.store import SqlStore
from storage.vectors.embedding import Embedding

TOP: Final = 5
LOOKED: Final = 10
MANY: Final = 10_000
SETTINGS: Final = (("incidents",), ("incidents", "runbooks"))

Search = Callable[[str, int], Awaitable[Sequence[str]]]


async def measure(folder: Path, place: Path) -> list[Figure]:
    figures: list[Figure] = []
    for number, names in enumerate(SETTINGS):
        documents = data.documents(folder, names)
        knowledge = await library(place / f"{number}.db", documents)
        label = " and ".join(names)
        figures += await _retrieval(folder, documents, knowledge, label)
        figures += await _answers(folder, documents, knowledge, label)
        for embedding in embeddings():
            near = await nearing(knowledge, embedding, place / f"{number}-{embedding.name}")
            more = f"{label}, {embedding.name} embedding"
            figures += await _retrieval(folder, documents, near, more)
            figures += await _answers(folder, documents, near, more)
            asked = [one.query for one in data.questions(data.OWN, documents)]
            figures += [await _time(f"retrieval, {more}", near, asked, None)]
    figures += await _times(folder, documents, place)
    return figures


async def library(path: Path, documents: Sequence[Document]) -> Knowledge:
    database = open_database(f"sqlite+aiosqlite:///{path}")
    await create_or_upgrade(database)
    clock = SystemClock()
    shelf = SqlLibrary(SqlStore(database, clock))
    await shelf.put(documents)
    numbers = iter(range(1_000_000))
    return Knowledge(shelf, clock, lambda: f"{next(numbers):032x}")


async def nearing(knowledge: Knowledge, embedding: Embedding, place: Path) -> Knowledge:
    """The same library, with an index of vectors beside it."""
    remembering = Remembering(embedding)
    analyst = Here(remembering, place)
    await Keeping(knowledge.library, analyst).round()
    remembering.keep()
    patient = Nearness(analyst, seconds=30)
    return Knowledge(knowledge.library, knowledge.clock, knowledge.new_id, nearness=patient)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    yield "own", data.OWN
    yield "held-out", data.HELD_OUT
    yield "open", folder / "qa" / "open.jsonl"


async def _retrieval(
    folder: Path, documents: Sequence[Document], knowledge: Knowledge, label: str
) -> list[Figure]:
    searches, same = _searches(documents, knowledge, label), data.same(folder)
    figures = []
    for name, path in _files(folder):
        asked = [q for q in data.questions(path, documents) if q.answerable]
        if not asked:
            continue
        scores = {which: await _score(asked, search, same) for which, search in searches.items()}
        for place, (what, unit) in enumerate((("recall@5", ""), ("hit@5", ""), ("MRR@10", ""))):
            beside = ", ".join(f"{one} {said[place]:.3f}" for one, said in scores.items() if one)
            figures.append(
                Figure(
                    name=f"{what}, {name} questions, {label}",
                    value=scores[""][place],
                    unit=unit,
                    beside=beside,
                )
            )
    return figures


def _searches(documents: Sequence[Document], knowledge: Knowledge, label: str) -> dict[str, Search]:
    """Ours without a name, and what it is measured beside."""
    baseline = Baseline(documents)

    async def ours(query: str, limit: int) -> Sequence[str]:
        return [hit.document.id for hit in await knowledge.search(query, MUSTER, limit=limit)]

    async def bm25(query: str, limit: int) -> Sequence[str]:
        return baseline.bm25(query, limit)

    async def tf_idf(query: str, limit: int) -> Sequence[str]:
        return baseline.tf_idf(query, limit)

    async def linear(query: str, limit: int) -> Sequence[str]:
        return baseline.linear(query, await cosines(knowledge, query), limit)

    searches: dict[str, Search] = {"": ours, "BM25": bm25, "TF-IDF": tf_idf}
    if label.endswith("local embedding"):
        searches["linear"] = linear
    return searches


async def _score(
    asked: Sequence[data.Asked], search: Search, same: dict[str, str]
) -> tuple[float, float, float]:
    recall = hit = rank = 0.0
    for one in asked:
        relevant = {same.get(id, id) for id in one.relevant}
        found = [same.get(id, id) for id in await search(one.query, LOOKED)]
        right = len(set(found[:TOP]) & relevant)
        recall += right / min(TOP, len(relevant))
        hit += right > 0
        rank += next((1 / n for n, id in enumerate(found, 1) if id in relevant), 0.0)
    many = max(1, len(asked))
    return recall / many, hit / many, rank / many


async def _answers(
    folder: Path, documents: Sequence[Document], knowledge: Knowledge, label: str
) -> list[Figure]:
    figures, texts = [], {one.id: one.text for one in documents}
    quoted = verbatim = 0
    for name, path in _files(folder):
        refused = {True: 0, False: 0}
        asked = data.questions(path, documents)
        if not asked:
            continue
        for one in asked:
            answer = await knowledge.ask(Asked(question=one.query, actor="bench", viewer=MUSTER))
            refused[one.answerable] += answer.abstained
            quoted += len(answer.citations)
            verbatim += sum(c.quote in texts[c.document.id] for c in answer.citations)
        for answerable, target in ((False, 0.8), (True, 0.1)):
            of = sum(one.answerable is answerable for one in asked)
            words = "answerable" if answerable else "unanswerable"
            figures.append(
                Figure(
                    name=f"{words} refused, {name} questions, {label}",
                    value=refused[answerable] / max(1, of),
                    unit="",
                    target=target if name == "held-out" else None,
                    at_least=not answerable,
                )
            )
    share = verbatim / max(1, quoted)
    name = f"quotations found word for word, {label}"
    figures.append(Figure(name=name, value=share, unit="", target=1.0, beside=f"of {quoted}"))
    return figures


async def _times(folder: Path, documents: Sequence[Document], place: Path) -> list[Figure]:
    """At 10,000 documents: copies, each named and told apart."""
    many = [
        replace(one, id=f"{one.id}#{n}", title=f"{one.title} {n}")
        for n in range(MANY // len(documents) + 1)
        for one in documents
    ][:MANY]
    knowledge = await library(place / "many.db", many)
    asked = [one.query for one in data.questions(data.OWN, documents)]
    return [
        await _time(f"retrieval, {MANY} documents", knowledge, asked, 50),
        await _time(f"answer, {MANY} documents", knowledge, asked, 300, whole=True),
    ]


async def _time(
    name: str,
    knowledge: Knowledge,
    asked: Sequence[str],
    target: float | None,
    *,
    whole: bool = False,
) -> Figure:
    """What 95 of 100 take, and beside it of the processor: the machine has other things to do."""
    spent, used = [], []
    for query in asked:
        begun, before = time.perf_counter(), time.process_time()
        if whole:
            await knowledge.ask(Asked(question=query, actor="bench", viewer=MUSTER))
        else:
            await knowledge.search(query, MUSTER, limit=TOP)
        spent.append(time.perf_counter() - begun)
        used.append(time.process_time() - before)
    return Figure(
        name=f"{name}, 95 of 100 within",
        value=_most(spent),
        unit="ms",
        target=target,
        at_least=False,
        beside=f"{_most(used):.0f} ms of the processor",
    )


def _most(seconds: Sequence[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.95)] * 1000
