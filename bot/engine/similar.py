"""Which open incidents a declaration may mean: the same service, or a title that shares words."""

from collections.abc import Sequence
from typing import Final

from bot.ports.queries import IncidentRow

ENOUGH: Final = 0.5
"""Share of the fewer words of two titles that must agree."""

SHORT: Final = 3


def alike(recent: Sequence[IncidentRow], title: str, service: str | None) -> list[IncidentRow]:
    """Those of `recent` that share the service or most words of the title, best first."""
    words = _words(title)
    scored = [
        (1.0 if service and incident.service == service else _share(words, incident), incident)
        for incident in recent
    ]
    near = [(score, incident) for score, incident in scored if score >= ENOUGH]
    return [incident for _, incident in sorted(near, key=lambda pair: (-pair[0], -pair[1].number))]


def _words(text: str) -> set[str]:
    return {word for word in text.lower().split() if len(word) >= SHORT}


def _share(words: set[str], incident: IncidentRow) -> float:
    theirs = _words(incident.title)
    fewer = min(len(words), len(theirs))
    return len(words & theirs) / fewer if fewer else 0.0
