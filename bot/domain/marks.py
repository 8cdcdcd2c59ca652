"""When it really began, was noticed, was stopped and was over: marks that people set.

They are facts of the record and no states. Whatever measures an incident asks `durations`, so a
mark that is set or corrected later changes every figure alike.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol


class Mark(StrEnum):
    IMPACT = "impact"
    DETECTED = "detected"
    MITIGATED = "mitigated"
    ENDED = "ended"

    @property
    def field(self) -> str:
        """The incident's field that holds it."""
        return f"{self}_at"


NAMES: Final = {
    Mark.IMPACT: "impact began",
    Mark.DETECTED: "detected",
    Mark.MITIGATED: "mitigated",
    Mark.ENDED: "ended",
}
"""In the order in which they happen; the impact begins before everything else."""

_ORDER: Final = (
    (Mark.IMPACT, Mark.DETECTED),
    (Mark.IMPACT, Mark.MITIGATED),
    (Mark.IMPACT, Mark.ENDED),
    (Mark.MITIGATED, Mark.ENDED),
    (Mark.DETECTED, Mark.ENDED),
)


class Marked(Protocol):
    """An incident, or a row of a list of them; times are aware UTC."""

    @property
    def opened_at(self) -> datetime: ...
    @property
    def began_at(self) -> datetime | None: ...
    @property
    def first_acknowledged_at(self) -> datetime | None: ...
    @property
    def resolved_at(self) -> datetime | None: ...
    @property
    def impact_at(self) -> datetime | None: ...
    @property
    def detected_at(self) -> datetime | None: ...
    @property
    def mitigated_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """Seconds, never negative; None where an end of the span is not known.

    `mttd`: from the impact to its detection. `mtta`: from there to the acknowledgement. `mttm` and
    `mttr`: from the impact to its mitigation and its end.
    """

    mttd: float | None
    mtta: float | None
    mttm: float | None
    mttr: float | None


def began_at(incident: Marked) -> datetime:
    """When the impact began; unmarked, when it was first known."""
    return incident.impact_at or min(incident.opened_at, incident.detected_at or incident.opened_at)


def durations(incident: Marked) -> Durations:
    """Marks where they are set; else the opening began it and the resolution ended it.

    Without a mark, detection counts from what the source said, where it said when it began.
    """
    began, noticed = began_at(incident), incident.detected_at or incident.opened_at
    felt = incident.impact_at or incident.began_at
    return Durations(
        mttd=_seconds(felt, noticed) if felt else None,
        mtta=_seconds(noticed, incident.first_acknowledged_at),
        mttm=_seconds(began, incident.mitigated_at),
        mttr=_seconds(began, incident.ended_at or incident.resolved_at),
    )


def _seconds(start: datetime, end: datetime | None) -> float | None:
    return max(0.0, (end - start).total_seconds()) if end is not None else None


def out_of_order(times: dict[Mark, datetime | None]) -> tuple[Mark, Mark] | None:
    """The first two marks of which the later one is said to be earlier."""
    for before, after in _ORDER:
        first, second = times[before], times[after]
        if first is not None and second is not None and first > second:
            return before, after
    return None
