"""Analyses and suggestions as programs see them."""

from collections.abc import Sequence
from datetime import datetime

from typing_extensions import TypedDict

from bot.engine.analysis.kinds import Finding, sentences_of
from bot.ports.analyses import Suggestion


class SentenceShown(TypedDict):
    """`sources`: lines of the record (`e12` is the entry with seq 12), or documents."""

    text: str
    sources: Sequence[str]


class SuggestionShown(TypedDict):
    """`command` is what a person would type. `rating` is 1 to 5."""

    id: str
    incident: int
    kind: str
    text: str
    command: str
    confidence: float
    status: str
    decided_by: str | None
    decided_at: datetime | None
    reason: str
    rating: int | None


class LikeShown(TypedDict):
    document: str
    title: str
    fix: str
    score: float


class AnalysisShown(TypedDict):
    """`provider` and `model` are empty where none was needed. `cost` is money, `seconds` the wait.

    `confidence` lies between 0 and 1. `status` is `done` or `failed`, then with a `reason`.
    """

    id: str
    kind: str
    status: str
    reason: str
    asked_by: str
    made_at: datetime
    provider: str
    model: str
    prompt_version: str
    input_digest: str
    confidence: float
    tokens_in: int
    tokens_out: int
    cost: float
    seconds: float
    category: str | None
    severity: str | None
    sentences: Sequence[SentenceShown]
    similar: Sequence[LikeShown]
    suggestions: Sequence[SuggestionShown]


class AnalysesShown(TypedDict):
    """Newest first."""

    items: Sequence[AnalysisShown]


def show_finding(finding: Finding) -> AnalysisShown:
    one = finding.analysis
    return {
        "id": one.id,
        "kind": one.kind,
        "status": one.status,
        "reason": one.reason,
        "asked_by": one.asked_by,
        "made_at": one.made_at,
        "provider": one.provider,
        "model": one.model,
        "prompt_version": one.prompt_version,
        "input_digest": one.digest,
        "confidence": one.confidence,
        "tokens_in": one.tokens_in,
        "tokens_out": one.tokens_out,
        "cost": one.cost,
        "seconds": one.seconds,
        "category": one.result.get("category"),
        "severity": one.result.get("severity"),
        "sentences": [{"text": s.text, "sources": s.sources} for s in sentences_of(one)],
        "similar": [
            {"document": s["document"], "title": s["title"], "fix": s["fix"], "score": s["score"]}
            for s in one.result.get("similar") or ()
        ],
        "suggestions": [show_suggestion(s) for s in finding.suggestions],
    }


def show_suggestion(one: Suggestion) -> SuggestionShown:
    return {
        "id": one.id,
        "incident": one.incident,
        "kind": str(one.kind),
        "text": one.text,
        "command": one.command,
        "confidence": one.confidence,
        "status": str(one.status),
        "decided_by": one.decided_by,
        "decided_at": one.decided_at,
        "reason": one.reason,
        "rating": one.rating,
    }
