"""A clock that moves only when a test says so."""

from datetime import UTC, datetime, timedelta
from typing import Final

MONDAY: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""Where every test's time begins: a Monday morning."""


class FakeClock:
    """See bot.ports.clock.Clock."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self._now = now
        self.wall_is_ahead_by = timedelta(0)

    def now(self) -> datetime:
        return self._now

    def wall(self) -> datetime:
        return self._now + self.wall_is_ahead_by

    def forward(
        self,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
        milliseconds: float = 0,
    ) -> datetime:
        """Moves on, and says what time it is then."""
        self._now += timedelta(
            days=days, hours=hours, minutes=minutes, seconds=seconds, milliseconds=milliseconds
        )
        return self._now

    def follow(self, server_time: datetime) -> None:
        """Only tests set it."""

    def not_before(self, stored: datetime | None) -> None:
        """Nothing is stored that a test did not live through."""

    @property
    def jumps(self) -> int:
        return 0

    def watch_wall(self) -> None:
        """Its wall never jumps by itself."""
