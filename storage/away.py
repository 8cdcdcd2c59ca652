"""Is the database away? Then nothing is wrong with the work, and it may be asked for again."""

from collections.abc import Callable
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from storage.clock import boot_seconds

log = structlog.get_logger()

CLASSES: Final = ("08", "28", "3D", "53", "57P", "58")
"""PostgreSQL's codes begin so where it is not reached, lets nobody in, has no such database, no
room, no connection left, shuts down or starts, or its disk fails."""

STATES: Final = frozenset({"25006", "55000"})
"""It only reads, because another server took over; or the database takes no connections."""

SIGNS: Final = ("locked", "disk i/o", "full", "unable to open", "readonly", "closed")
"""What SQLite says where the file or the disk is not to be had."""

STEADY: Final = 1.0
"""Seconds without a failure, then it counts as being back."""


def sqlstate(wrong: Exception) -> str:
    """PostgreSQL's code; where it refuses a connection, asyncpg's error comes as it is."""
    origin = wrong.orig if isinstance(wrong, DBAPIError) else wrong
    return str(getattr(origin, "sqlstate", None) or getattr(origin, "pgcode", None) or "")


def is_away(wrong: Exception) -> bool:
    """The database cannot be reached (no such host, refused, too late), or has no room for us."""
    state = sqlstate(wrong)
    if isinstance(wrong, PoolTimeout | OSError) or state in STATES or state.startswith(CLASSES):
        return True
    if not isinstance(wrong, DBAPIError):
        return False
    if wrong.connection_invalidated:
        return True
    said = str(wrong.orig).lower()
    if isinstance(wrong, OperationalError):
        return any(sign in said for sign in SIGNS)
    return isinstance(wrong, InterfaceError) and ("connect" in said or "closed" in said)


class Reach:
    """Says once that the database is away, and once that it is back, whoever notices it.

    Not `aloud` where the one who asked is told, and goes.
    """

    def __init__(self, seconds: Callable[[], float] = boot_seconds, *, aloud: bool = True) -> None:
        self._seconds, self._aloud = seconds, aloud
        self._since: float | None = None
        self._failed_at = 0.0

    def lost(self, wrong: Exception) -> None:
        self._failed_at = self._seconds()
        if self._aloud and self._since is None:
            self._since = self._failed_at
            log.error("database_away", reason=_reason(wrong))

    def found(self) -> None:
        if self._since is None or self._seconds() - self._failed_at < STEADY:
            return
        log.warning("database_back", away_seconds=round(self._failed_at - self._since, 1))
        self._since = None


def _reason(wrong: Exception) -> str:
    origin = (wrong.orig if isinstance(wrong, DBAPIError) else None) or wrong
    return f"{type(origin).__name__}: {origin}"[:300]
