"""An analyst in this process, for the settings of retrieval that have an embedding.

Vectors of passages are kept between runs, since a slow embedding takes minutes for all of them.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.engine.knowledge.asking import Knowledge
from bot.ports.analyst import Ability, Job
from bot.ports.queries import MUSTER
from storage.vectors.embedding import Embedding, weights_in
from storage.vectors.hashed import Hashed
from storage.vectors.index import Index
from storage.vectors.minilm import MiniLM
from storage.vectors.worker import MOST, VectorsWorker

KEPT: Final = Path.home() / ".cache" / "muster-bench"


class Remembering:
    """An embedding that computes each text once."""

    def __init__(self, embedding: Embedding) -> None:
        self.embedding, self.name = embedding, embedding.name
        self.dimensions = embedding.dimensions
        self._file = KEPT / f"{self.name}.npz"
        self._known: dict[str, Any] = {}
        if self._file.exists():
            with np.load(self._file) as kept:
                self._known = dict(zip(kept["names"].tolist(), kept["rows"], strict=True))
        self._new = 0

    def embed(self, texts: Sequence[str]) -> Any:
        names = [sha256(text.encode()).hexdigest() for text in texts]
        if len(texts) == 1 and names[0] not in self._known:
            return self.embedding.embed(texts)  # perhaps a question, whose time is measured
        missing = [n for n, name in enumerate(names) if name not in self._known]
        if missing:
            rows = self.embedding.embed([texts[n] for n in missing])
            self._known.update(zip((names[n] for n in missing), rows, strict=True))
            self._new += len(missing)
        return np.array([self._known[name] for name in names])

    def keep(self) -> None:
        if self._new:
            KEPT.mkdir(parents=True, exist_ok=True)
            rows = np.array(list(self._known.values()), dtype=np.float32)
            np.savez(self._file, names=np.array(list(self._known)), rows=rows)
            self._new = 0


class Here:
    """The port `Analyst`, with vectors and nothing else."""

    def __init__(self, embedding: Remembering, place: Path) -> None:
        self.embedding = embedding
        index = Index(place, embedding.name, embedding.dimensions)
        self.worker = VectorsWorker(embedding, index)

    def facts(self, ability: Ability) -> Mapping[str, Any] | None:
        return self.worker.facts() if ability is Ability.VECTORS else None

    async def do(self, job: Job) -> Mapping[str, Any]:
        return await self.worker.do(job.kind.partition(".")[2], job.body, job.seconds)


async def cosines(knowledge: Knowledge, text: str) -> Mapping[str, float]:
    """Of the documents of the nearest passages, by id; empty without an embedding."""
    analyst = knowledge.nearness.analyst
    if analyst.facts(Ability.VECTORS) is None:
        return {}
    job = Job(kind="vectors.find", body={"text": text, "limit": MOST}, seconds=30)
    best: dict[int, float] = {}
    for one in (await analyst.do(job))["found"]:
        best[one["document"]] = max(one["score"], best.get(one["document"], -1.0))
    documents = await knowledge.library.read(list(best), MUSTER)
    return {document.id: best[number] for number, document in documents.items()}


def embeddings() -> list[Embedding]:
    """Those that can be measured here: `local` needs its weights (`make semantic`)."""
    weights = weights_in("")
    return [Hashed(), *([MiniLM(weights)] if weights is not None else [])]
