"""The kinds of analyses, what is asked for with one, and what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.domain.incident import Incident
from bot.domain.people import Actor
from bot.engine.analysis.shapes import Traced
from bot.ports.analyses import Analysis, Suggestion


class Kind(StrEnum):
    CATEGORIZATION = "categorization"
    SIMILARITY = "similarity"
    RESOLUTION_SUGGESTION = "resolution_suggestion"
    ROOT_CAUSE = "root_cause"
    IMPACT_ASSESSMENT = "impact_assessment"
    SERVICE_TRENDS = "service_trends"
    SUMMARY = "summary"
    STATUS_UPDATE = "status_update"


OWN: Final = frozenset({Kind.SUMMARY, Kind.STATUS_UPDATE})
"""Made for whoever asked, and shown to nobody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`since`: when the asker left. `yes`: it may cost more than is asked about. `seconds`: how
    long a model may take."""

    incident: Incident
    actor: Actor
    since: datetime | None = None
    yes: bool = False
    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Finding:
    analysis: Analysis
    suggestions: Sequence[Suggestion] = ()


PARTS: Final = ("sentences", "known", "doing", "reasons")


def sentences_of(analysis: Analysis, *parts: str) -> list[Traced]:
    """What it says, sentence by sentence, whatever its kind; or in these parts of it."""
    found: list[Traced] = []
    for name in parts or PARTS:
        for one in analysis.result.get(name) or ():
            sources = one.get("sources") or [c["document"] for c in one.get("citations") or ()]
            found.append(Traced(text=one["text"], sources=sources))
    return found
