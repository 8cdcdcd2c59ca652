"""Vectors as the analyst's worker: embeds what the core tells it, and finds what is near.

Verbs: `put {passages: [{document, place, of, digest, text}]}`, `drop {documents}`,
`find {text, limit}` → `{found: [{document, place, score}]}`, `listing {after, limit}` →
`{documents: [{document, digest}]}`, where the digest of what is not whole is empty.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import structlog

from bot.domain.errors import ConfigError
from bot.ports.analyst import Refused
from storage.vectors.embedding import Embedding, choose
from storage.vectors.index import Index, Passage
from storage.vectors.section import Settings

log = structlog.get_logger()
T = TypeVar("T")

LONGEST: Final = 8_000
"""Characters of a text; embeddings read far fewer."""

MOST: Final = 200
"""Passages of one `put`, and of one answer."""


@dataclass
class VectorsWorker:
    """`find` has a thread of its own, so that nobody who asks waits for what is being added."""

    embedding: Embedding
    index: Index
    _index_free: asyncio.Lock = field(default_factory=asyncio.Lock)
    _adding: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="adding")
    )
    _finding: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="finding")
    )

    def facts(self) -> Mapping[str, Any]:
        return {"embedding": self.embedding.name, "dimensions": self.embedding.dimensions}

    async def do(self, verb: str, body: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        verbs: Mapping[str, Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]] = {
            "put": self._put,
            "drop": self._drop,
            "find": self._find,
            "listing": self._listing,
        }
        if verb not in verbs:
            raise Refused("bad_job", f"vectors know no {verb}")
        try:
            return await verbs[verb](body)
        except (KeyError, TypeError, ValueError) as wrong:
            raise Refused("bad_job", f"{type(wrong).__name__}: {wrong}") from wrong

    async def _put(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        given = list(body["passages"])[:MOST]
        passages = [
            Passage(int(one["document"]), int(one["place"]), int(one["of"]), str(one["digest"]))
            for one in given
        ]
        texts = [str(one["text"])[:LONGEST] for one in given]
        if passages:
            loop = asyncio.get_running_loop()
            vectors = await loop.run_in_executor(self._adding, self.embedding.embed, texts)
            await self._indexed(lambda: self.index.put(passages, vectors))
        return {"put": len(passages)}

    async def _drop(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        numbers = {int(number) for number in body["documents"]}
        await self._indexed(lambda: self.index.drop(numbers))
        return {}

    async def _find(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        text, limit = str(body["text"])[:LONGEST], min(MOST, int(body["limit"]))
        loop = asyncio.get_running_loop()
        vectors = await loop.run_in_executor(self._finding, self.embedding.embed, [text])
        found = await self._indexed(lambda: self.index.find(vectors[0], limit))
        return {"found": [one._asdict() for one in found]}

    async def _listing(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        after, limit = int(body["after"]), int(body["limit"])
        numbers = sorted(number for number in self.index.kept if number > after)[:limit]
        kept = [(number, self.index.kept[number]) for number in numbers]
        return {
            "documents": [
                {"document": number, "digest": one.digest if one.whole else ""}
                for number, one in kept
            ]
        }

    async def _indexed(self, work: Callable[[], T]) -> T:
        """In a thread, one after the other; an index that fails begins anew."""
        async with self._index_free:
            try:
                return await asyncio.to_thread(work)
            except Exception as wrong:
                log.exception("vectors_failed")
                await asyncio.to_thread(self.index.begin_anew)
                raise Refused("begun_anew", "the index was damaged and is empty now") from wrong

    async def close(self) -> None:
        self._adding.shutdown(wait=False, cancel_futures=True)
        self._finding.shutdown(wait=False, cancel_futures=True)
        async with self._index_free:
            await asyncio.to_thread(self.index.close)


def connect(settings: Settings, place: Path) -> VectorsWorker | None:
    """None where the embedding is `none`.

    Raises:
        ConfigError: what was asked for is not here, or the folder is another process's.
    """
    embedding = choose(settings)
    if embedding is None:
        return None
    try:
        index = Index(place, embedding.name, embedding.dimensions)
    except OSError as wrong:
        raise ConfigError(f"{place} cannot hold an index: {wrong}") from wrong
    log.info("vectors", embedding=embedding.name, documents=len(index.kept))
    return VectorsWorker(embedding, index)
