"""What is near a question in meaning, asked of the analyst; without an answer, words alone decide.

What it says is a hint of an index that may be old, damaged or wrong: numbers of documents, which
are read again for the viewer before anything is shown.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from bot.ports.analyst import NOBODY, Ability, Analyst, Job, Refused, Unavailable

log = structlog.get_logger()

SECONDS: Final = 0.3
"""That a question waits for it."""

FARTHEST: Final[Mapping[str, float]] = {"hash": 0.05, "local": 0.2}
"""The cosine, for each embedding, of texts that have nothing in common."""

PASSAGES: Final = 60
"""That are asked for; several may belong to one document."""


@dataclass(frozen=True, slots=True)
class Near:
    """`embedding`: how it was measured; empty where nobody measured. `cosines`: of the nearest
    passage of each document, by the document's number."""

    embedding: str = ""
    cosines: Mapping[int, float] = field(default_factory=dict)


NOWHERE: Final = Near()


@dataclass(frozen=True, slots=True)
class Nearness:
    """`seconds`: how long a question waits."""

    analyst: Analyst = NOBODY
    seconds: float = SECONDS

    async def near(self, text: str) -> Near:
        """Never raises."""
        facts = self.analyst.facts(Ability.VECTORS)
        if not facts or not text.strip():
            return NOWHERE
        body = {"text": text, "limit": PASSAGES}
        job = Job(kind="vectors.find", body=body, seconds=self.seconds)
        try:
            told = await self.analyst.do(job)
        except (Unavailable, Refused) as missing:
            log.info("without_vectors", why=type(missing).__name__)
            return NOWHERE
        embedding = str(facts.get("embedding") or "unknown")
        cosines: dict[int, float] = {}
        for number, cosine in _believable(told):
            if cosine > FARTHEST.get(embedding, 0.0):
                cosines[number] = max(cosine, cosines.get(number, cosine))
        return Near(embedding, cosines)


def _believable(told: Mapping[str, Any]) -> Iterator[tuple[int, float]]:
    """Whatever of it has the right shape."""
    found = told.get("found")
    for one in found[:PASSAGES] if isinstance(found, list) else ():
        if not isinstance(one, Mapping):
            continue
        number, score = one.get("document"), one.get("score")
        if isinstance(number, bool) or not isinstance(number, int):
            continue
        if isinstance(score, float | int) and math.isfinite(score) and 0 < number < 2**63:
            yield number, max(-1.0, min(1.0, float(score)))
