"""Two kinds of time.

`now()` orders what Muster decides: it never jumps with the wall clock and never falls behind what
is already stored. `wall()` is what a clock on the wall says, for questions people would answer by
looking at one: who is on call, is this within hours.
"""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Aware UTC datetimes."""

    def now(self) -> datetime: ...
    def wall(self) -> datetime: ...
    def follow(self, server_time: datetime) -> None:
        """Takes the database server's time as the truth from here on."""
        ...

    def not_before(self, stored: datetime | None) -> None:
        """Whatever is stored happened already."""
        ...

    def watch_wall(self) -> None:
        """Notices a wall clock that was set, and counts it in `jumps`."""
        ...

    @property
    def jumps(self) -> int: ...
