"""What a search finds."""

from collections.abc import Sequence

from typing_extensions import TypedDict

from bot.ports.queries import Found


class FoundShown(TypedDict):
    """The higher the score, the better."""

    id: str
    kind: str
    title: str
    snippet: str
    score: float


class FoundsShown(TypedDict):
    """Best first."""

    items: Sequence[FoundShown]


def show_found(found: Found) -> FoundShown:
    return {
        "id": found.id,
        "kind": found.kind,
        "title": found.title,
        "snippet": found.snippet,
        "score": found.score,
    }
