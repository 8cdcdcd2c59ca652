"""The index of passages in Chroma: a folder that belongs to one process, and may be lost any time.

After a crash Chroma's files may be damaged while it still counts right. So it is tried when it is
opened, and whatever it raises later means the same: it is thrown away, and the core fills it again.
"""

import fcntl
import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

import chromadb
import numpy as np
import structlog
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from numpy.typing import NDArray

from bot.domain.errors import ConfigError

log = structlog.get_logger()

FORMAT: Final = 1
"""Of what is kept beside a vector; another one begins anew."""

PAGE: Final = 2_000
LOOKED: Final = 200
"""Neighbours that a search looks at (HNSW's ef); more finds more of the true ones."""


class Passage(NamedTuple):
    """`of`: how many passages the document has at this digest."""

    document: int
    place: int
    of: int
    digest: str


class Near(NamedTuple):
    """`score`: the cosine, 1 for the same meaning."""

    document: int
    place: int
    score: float


@dataclass
class Kept:
    """What is there of one document."""

    digest: str
    of: int
    places: set[int] = field(default_factory=set)

    @property
    def whole(self) -> bool:
        return len(self.places) == self.of


class Index:
    """Not safe for several threads at once; see worker.py."""

    def __init__(self, folder: Path, embedding: str, dimensions: int) -> None:
        """Raises `ConfigError` where another process has the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = (folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise ConfigError(f"The vectors in {folder} belong to another process.") from None
        self._folder = folder / "chroma"
        told = f"{embedding} {dimensions} {FORMAT}"
        self._name = f"passages-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
        self._dimensions = dimensions
        self._client: Any = None
        self.kept: dict[int, Kept] = {}
        try:
            self._open()
            self._try()
        except Exception:
            log.exception("vectors_damaged")
            self.begin_anew()

    def _open(self) -> None:
        self._client = chromadb.PersistentClient(
            path=str(self._folder), settings=Settings(anonymized_telemetry=False)
        )
        for other in self._client.list_collections():
            if other.name != self._name:
                self._client.delete_collection(other.name)
        # Without an embedding function named, Chroma takes one that downloads a model.
        self._collection = self._client.get_or_create_collection(
            self._name,
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine", "ef_search": LOOKED}},
        )
        self.kept = {}
        for one in self._everything():
            self._keep(one)

    def _everything(self) -> Iterator[Passage]:
        begin = 0
        while True:
            page = self._collection.get(include=["metadatas"], limit=PAGE, offset=begin)
            yield from (_passage(said) for said in page["metadatas"] or ())
            begin += PAGE
            if len(page["ids"]) < PAGE:
                return

    def _try(self) -> None:
        """Finds something where there is something, and as much as was counted."""
        held = sum(len(one.places) for one in self.kept.values())
        if held != self._collection.count():
            raise ValueError("counts differ")
        probe = np.zeros(self._dimensions, dtype=np.float32)
        probe[0] = 1
        if held and not self.find(probe, 1):
            raise ValueError("nothing is found")

    def begin_anew(self) -> None:
        """Throws everything away."""
        self._leave()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._open()

    def _leave(self) -> None:
        """Chroma keeps what it opened by its path; who opens that again must not get the old."""
        if self._client is not None:
            self._client.close()
            self._client = None
        SharedSystemClient.clear_system_cache()

    def put(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> None:
        """Adds or replaces; what a document had at another digest goes first."""
        changed = {
            one.document
            for one in passages
            if one.document in self.kept and self.kept[one.document].digest != one.digest
        }
        self.drop(changed)
        self._collection.upsert(
            ids=[f"{one.document}:{one.place}" for one in passages],
            embeddings=vectors,
            metadatas=[one._asdict() for one in passages],
        )
        for one in passages:
            self._keep(one)

    def _keep(self, one: Passage) -> None:
        kept = self.kept.setdefault(one.document, Kept(one.digest, one.of))
        if kept.digest == one.digest:
            kept.places.add(one.place)

    def drop(self, documents: set[int]) -> None:
        there = documents & self.kept.keys()
        if there:
            self._collection.delete(where={"document": {"$in": sorted(there)}})
            for document in there:
                del self.kept[document]

    def find(self, vector: NDArray[np.float32], limit: int) -> list[Near]:
        """The nearest passages, nearest first."""
        told = self._collection.query(
            query_embeddings=vector[None], n_results=limit, include=["metadatas", "distances"]
        )
        metadatas, distances = (told["metadatas"] or [[]])[0], (told["distances"] or [[]])[0]
        near = zip(map(_passage, metadatas), distances, strict=True)
        return [Near(one.document, one.place, 1 - float(away)) for one, away in near]

    def close(self) -> None:
        self._leave()
        self._lock.close()


def _passage(said: Mapping[str, Any]) -> Passage:
    return Passage(int(said["document"]), int(said["place"]), int(said["of"]), str(said["digest"]))
