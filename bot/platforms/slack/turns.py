"""Whose turn it is to open a room, where many want one: the worst first, however they come back."""

from datetime import datetime, timedelta
from typing import Final

from bot.platforms.slack.errors import Paced
from bot.platforms.slack.limits import Pace

CREATE: Final = "conversations.create"
AGAIN: Final = 1.0
"""Seconds until somebody asks again who let another one go first."""

GRACE: Final = timedelta(seconds=15)
"""Who is not back so long after their time does not want a room any more."""


class Turns:
    """Remembers who was sent away, how bad it is, and when they were told to come back."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._waiting: dict[int, tuple[str, datetime]] = {}

    def take(self, incident: int, severity: str) -> None:
        """Returns where it may have a room now.

        Raises:
            Paced: no room can be opened now, or what can is for somebody worse off.
        """
        now = self._pace.now()
        self._waiting = {n: w for n, w in self._waiting.items() if w[1] + GRACE >= now}
        worse = sum(1 for n, (other, _) in self._waiting.items() if other < severity)
        if worse < self._pace.places(CREATE):
            self._waiting.pop(incident, None)
            return
        seconds = max(AGAIN, self._pace.wait(CREATE))
        self._waiting[incident] = (severity, now + timedelta(seconds=seconds))
        raise Paced("a room", seconds)
