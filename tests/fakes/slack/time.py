"""Slack's own time: whole seconds, and timestamps that are never the same twice."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Aware UTC datetimes."""

    def now(self) -> datetime: ...


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Time:
    """Reads a clock. A timestamp is `1767603600.000100`: seconds, and six digits to tell apart."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._latest = 0

    def now(self) -> float:
        return self.clock.now().timestamp()

    def seconds(self) -> int:
        return int(self.now())

    def ts(self) -> str:
        self._latest = max(self._latest + 100, int(self.now()) * 1_000_000)
        return f"{self._latest // 1_000_000}.{self._latest % 1_000_000:06d}"
