"""What a model is to answer, kind by kind, and what is left of it after the checks."""

from collections.abc import Sequence
from typing import Final, Literal

from bot.cards.analysis import UNVERIFIED
from bot.engine.analysis.consulting import Shape
from bot.engine.analysis.harmless import harmless
from bot.engine.analysis.record import Record
from bot.engine.analysis.tracing import backed, traced

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
    """Those that are harmless and traced to lines that exist, each once; marked where they are put
    together in words of the model's own."""
    good: dict[str, Traced] = {}
    for one in said[:READ]:
        text = unmarked(one.text[: 2 * LONGEST])
        sources = [label for label in dict.fromkeys(one.sources) if label in record.lines]
        lines = record.of(sources)
        if len(text) > LONGEST or not harmless(text, hosts):
            continue
        verified = backed(text, lines)
        if not verified and not traced(text, "\n".join(lines)):
            continue
        shown = text if verified else f"{text} {UNVERIFIED}"
        good.setdefault(shown, Traced(text=shown, sources=sources))
    return list(good.values())[:SENTENCES]


def unmarked(text: str) -> str:
    """On one line, without the mark, which a model may not set."""
    return " ".join(text.replace(UNVERIFIED, " ").split())


def is_verified(one: Traced) -> bool:
    return not one.text.endswith(UNVERIFIED)


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
