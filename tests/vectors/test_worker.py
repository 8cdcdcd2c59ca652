"""The worker of vectors: what it is told, what it answers, and what it does when it breaks."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import ConfigError
from bot.ports.analyst import Refused
from config.settings import load_settings
from storage.vectors import connect
from storage.vectors.worker import VectorsWorker


def made(tmp_path: Path, **environment: str) -> VectorsWorker | None:
    given = {"MUSTER_ENV": "dev", "MUSTER_KNOWLEDGE__EMBEDDING": "hash", **environment}
    return connect(load_settings(given), tmp_path / "vectors")


def passage(document: int, text: str, *, place: int = 0, of: int = 1) -> dict[str, Any]:
    return {"document": document, "place": place, "of": of, "digest": f"d{document}", "text": text}


@pytest.fixture
async def worker(tmp_path: Path) -> AsyncIterator[VectorsWorker]:
    worker = made(tmp_path)
    assert worker is not None
    yield worker
    await worker.close()


async def do(worker: VectorsWorker, verb: str, **body: Any) -> Any:
    return await worker.do(verb, body, 5.0)


async def test_what_was_put_is_found_and_listed(worker: VectorsWorker) -> None:
    await do(
        worker,
        "put",
        passages=[passage(7, "pool exhausted"), passage(9, "certificate expired", of=2)],
    )
    found = (await do(worker, "find", text="certificates", limit=1))["found"]
    assert [(one["document"], one["place"]) for one in found] == [(9, 0)]
    listed = (await do(worker, "listing", after=0, limit=10))["documents"]
    assert listed == [{"document": 7, "digest": "d7"}, {"document": 9, "digest": ""}]
    assert (await do(worker, "listing", after=7, limit=10))["documents"] == listed[1:]
    await do(worker, "drop", documents=[7, 9])
    assert (await do(worker, "find", text="certificates", limit=1))["found"] == []


@pytest.mark.parametrize(
    ("verb", "body"),
    [("put", {}), ("find", {"text": "x"}), ("drop", {"documents": ["x"]}), ("x", {})],
)
async def test_a_bad_job_is_refused(worker: VectorsWorker, verb: str, body: Any) -> None:
    with pytest.raises(Refused) as refused:
        await worker.do(verb, body, 5.0)
    assert refused.value.code == "bad_job"


async def test_an_index_that_breaks_begins_anew(worker: VectorsWorker) -> None:
    await do(worker, "put", passages=[passage(7, "pool exhausted")])
    worker.index._collection = None  # type: ignore[assignment]
    with pytest.raises(Refused) as refused:
        await do(worker, "find", text="pool", limit=1)
    assert refused.value.code == "begun_anew"
    await do(worker, "put", passages=[passage(8, "pool exhausted")])
    found = (await do(worker, "find", text="pool", limit=5))["found"]
    assert [one["document"] for one in found] == [8]


def test_without_an_embedding_there_is_no_worker(tmp_path: Path) -> None:
    assert made(tmp_path, MUSTER_KNOWLEDGE__EMBEDDING="none") is None


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="make semantic"):
        made(
            tmp_path,
            MUSTER_KNOWLEDGE__EMBEDDING="local",
            MUSTER_KNOWLEDGE__MODEL_DIR=str(tmp_path),
        )
