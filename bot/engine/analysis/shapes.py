"""What a model is to answer, kind by kind, and what is left of it after the checks."""

from collections.abc import Sequence
from typing import Final, Literal

from bot.engine.analysis.consulting import Shape
from bot.engine.analysis.harmless import harmless
from bot.engine.analysis.record import Record
from bot.engine.analysis.tracing import traced

SENTENCES: Final = 6
READ: Final = 50
"""Sentences of an answer that are looked at; nobody asked for more."""

LONGEST: Final = 400
"""Characters of a sentence."""


class Traced(Shape):
    """A sentence, and the labels of the lines it is from."""

    text: str
    sources: list[str]


class Findings(Shape):
    sentences: list[Traced]
    confidence: float


class Draft(Shape):
    """Of a status update."""

    known: list[Traced]
    doing: list[Traced]
    confidence: float


class Sorting(Shape):
    category: Literal["performance", "security", "availability", "compliance", "cost", "other"]
    severity: Literal["P0", "P1", "P2", "P3", "P4"]
    reasons: list[Traced]
    confidence: float


def kept(said: Sequence[Traced], record: Record, hosts: frozenset[str]) -> list[Traced]:
    """Those that are harmless and traced to lines that exist, each once."""
    good: dict[str, Traced] = {}
    for one in said[:READ]:
        text = " ".join(one.text[: 2 * LONGEST].split())
        sources = [label for label in dict.fromkeys(one.sources) if label in record.lines]
        if len(text) > LONGEST or not harmless(text, hosts):
            continue
        if traced(text, record.of(sources)):
            good.setdefault(text, Traced(text=text, sources=sources))
    return list(good.values())[:SENTENCES]


def checked_findings(said: Findings, record: Record, hosts: frozenset[str]) -> Findings:
    return Findings(
        sentences=kept(said.sentences, record, hosts), confidence=_share(said.confidence)
    )


def checked_draft(said: Draft, record: Record, hosts: frozenset[str]) -> Draft:
    return Draft(
        known=kept(said.known, record, hosts),
        doing=kept(said.doing, record, hosts),
        confidence=_share(said.confidence),
    )


def checked_sorting(said: Sorting, record: Record, hosts: frozenset[str]) -> Sorting:
    return Sorting(
        category=said.category,
        severity=said.severity,
        reasons=kept(said.reasons, record, hosts)[:3],
        confidence=_share(said.confidence),
    )


def _share(said: float) -> float:
    return max(0.0, min(1.0, said)) if said == said else 0.0  # noqa: PLR0124 (what is no number)
