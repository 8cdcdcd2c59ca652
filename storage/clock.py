"""The store's time: it follows the database, not the jumps of this machine's wall clock."""

import time
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

log = structlog.get_logger()

JUMP: Final = timedelta(seconds=2)
"""A wall clock this far from ours has been set."""


def boot_seconds() -> float:
    """Seconds since boot, time asleep included; only ever forward."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class SystemClock:
    """Carried on by the boot clock from one anchor.

    SQLite: the anchor is the wall clock at the start, or the newest stored time if that is later.
    PostgreSQL: the anchor is the server's `clock_timestamp()`, measured anew every ten seconds.
    """

    def __init__(self) -> None:
        self._anchor, self._at = self.wall(), boot_seconds()
        self._floor = self._anchor
        self.jumps = 0
        self._seen_offset = timedelta(0)

    def wall(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this is the clock the others ask

    def now(self) -> datetime:
        """Never earlier than anything it said before."""
        said = self._anchor + timedelta(seconds=boot_seconds() - self._at)
        self._floor = max(self._floor, said)
        return self._floor

    def not_before(self, stored: datetime | None) -> None:
        """Whatever is stored already happened: carry on from there."""
        if stored is not None and stored > self.now():
            log.warning("clock_behind_the_record", stored=stored.isoformat())
            self.follow(stored)

    def follow(self, server_time: datetime) -> None:
        """Takes the database server's time as the truth from here on."""
        self._anchor, self._at = server_time, boot_seconds()

    def watch_wall(self) -> None:
        """Logs and counts a wall clock that was set; waiting does not depend on it."""
        offset = self.wall() - self.now()
        if abs(offset - self._seen_offset) > JUMP:
            self.jumps += 1
            log.warning("wall_clock_jumped", seconds=(offset - self._seen_offset).total_seconds())
        self._seen_offset = offset
