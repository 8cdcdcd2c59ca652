"""How bad it is, from P0 to P4, and what vendors call that."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    """P0 is the worst. Compare with `worse_than`, never with `<`: the words sort the other way."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"

    @property
    def rank(self) -> int:
        """0 for P0 up to 4 for P4."""
        return RANK[self]

    def worse_than(self, other: "Severity") -> bool:
        return RANK[self] < RANK[other]


RANK: Final = {severity: rank for rank, severity in enumerate(Severity)}

NONE_WORD: Final = "none"
"""The vendor's word for "this is no problem" (a Watchdog): recorded, never an incident."""

WORDS: Final[dict[str, Severity]] = {
    word: severity
    for severity, words in {
        Severity.P0: ("critical", "fatal", "page", "emergency", "p0"),
        Severity.P1: ("high", "error", "major", "p1"),
        Severity.P2: ("medium", "warning", "minor", "warn", "p2"),
        Severity.P3: ("low", "p3"),
        Severity.P4: ("info", "ok", "notice", "informational", "p4"),
    }.items()
    for word in words
}
"""The default reading of vendor words; severities.yaml may say otherwise."""


def worst(severities: Iterable[Severity]) -> Severity | None:
    """The worst of some, or None of none."""
    return min(severities, key=RANK.__getitem__, default=None)


class Impact(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Category(StrEnum):
    PERFORMANCE = "performance"
    SECURITY = "security"
    AVAILABILITY = "availability"
    COMPLIANCE = "compliance"
    COST = "cost"
    OTHER = "other"
