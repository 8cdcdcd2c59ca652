"""The index of passages: kept over a restart, given up when damaged, owned by one process."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bot.domain.errors import ConfigError
from storage.vectors.hashed import Hashed
from storage.vectors.index import Index, Passage

TEXTS = (
    "the connection pool of postgres was exhausted",
    "the tls certificate of the load balancer expired",
    "old container images filled the disk",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "vectors"


@pytest.fixture
def index(folder: Path) -> Iterator[Index]:
    made = opened(folder)
    fill(made)
    yield made
    made.close()


def opened(folder: Path, embedding: str = "hash") -> Index:
    return Index(folder, embedding, Hashed.dimensions)


def fill(index: Index, digest: str = "a") -> None:
    passages = [Passage(n, 0, 1, digest) for n, _ in enumerate(TEXTS, 1)]
    index.put(passages, Hashed().embed(TEXTS))


def nearest(index: Index, text: str) -> list[int]:
    return [one.document for one in index.find(Hashed().embed([text])[0], 3)]


def test_what_is_near_is_found_first(index: Index) -> None:
    assert nearest(index, "postgres conection pools")[0] == 1
    assert nearest(index, "expired certificates")[0] == 2


def test_what_was_put_is_there_after_a_restart(folder: Path, index: Index) -> None:
    index.close()
    again = opened(folder)
    assert {n: one.digest for n, one in again.kept.items()} == {1: "a", 2: "a", 3: "a"}
    assert nearest(again, "disk filled by images")[0] == 3
    again.close()


def test_another_digest_replaces_every_passage_of_before(index: Index) -> None:
    both = [Passage(4, place, 2, "a") for place in (0, 1)]
    index.put(both, Hashed().embed(["flamingos at the racks", "zebras at night"]))
    assert index.kept[4].whole
    index.put([Passage(4, 0, 1, "b")], Hashed().embed(["flamingos only"]))
    assert index.kept[4].whole
    assert 4 not in [one.document for one in index.find(Hashed().embed(["zebras"])[0], 9)[:1]]


def test_half_a_document_is_not_whole(index: Index) -> None:
    index.put([Passage(4, 0, 2, "a")], Hashed().embed(["flamingos at the racks"]))
    assert not index.kept[4].whole


def test_what_was_dropped_is_not_found(index: Index) -> None:
    index.drop({1, 77})
    assert 1 not in nearest(index, TEXTS[0])


def test_a_folder_belongs_to_one_process(folder: Path, index: Index) -> None:
    with pytest.raises(ConfigError, match="another process"):
        opened(folder)


def test_a_damaged_index_begins_anew(folder: Path, index: Index) -> None:
    index.close()
    (folder / "chroma" / "chroma.sqlite3").write_bytes(b"this is no database" * 100)
    again = opened(folder)
    assert not again.kept
    fill(again)
    assert nearest(again, TEXTS[1])[0] == 2
    again.close()


def test_another_embedding_begins_anew(folder: Path, index: Index) -> None:
    index.close()
    other = opened(folder, embedding="local")
    assert not other.kept
    assert other.find(np.ones(Hashed.dimensions, dtype=np.float32), 3) == []
    other.close()
