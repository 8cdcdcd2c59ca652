"""How often a conversation may be written to, so that Teams need not say 429.

All windows hold at once, for each thread or chat:
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit. A call that would have
to wait for long is put back to the outbox, which goes on with other things.
"""

from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

SENDING: Final = ((1, 7), (2, 8), (30, 60), (3_600, 1_800))
"""(seconds, calls): no more than so many in any so many seconds."""

LATE: Final = 0.1
"""Seconds that a call may be on its way for longer than the one before it."""

FORGET: Final = 2_000
"""Conversations remembered before those that may be written to again are dropped."""


class Pace:
    """`now()` is the time that is slept by."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self._calls: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self._resting: dict[str, datetime] = {}

    def wait(self, conversation: str) -> float:
        """Seconds until a call may go out; 0 if it may now."""
        now = self.now()
        free = self._resting.get(conversation, now)
        calls = self._calls.get(conversation)
        if calls:
            for seconds, most in SENDING:
                if len(calls) >= most:
                    free = max(free, calls[-most] + timedelta(seconds=seconds + LATE))
        return max(0.0, (free - now).total_seconds())

    def take(self, conversation: str) -> float:
        """Takes the next free place; returns the seconds until it comes."""
        seconds = self.wait(conversation)
        calls = self._calls[conversation]
        calls.append(self.now() + timedelta(seconds=seconds))
        while len(calls) > SENDING[-1][1]:
            calls.popleft()
        self._forget()
        return seconds

    def rest(self, conversation: str, seconds: float) -> None:
        """Microsoft asked us to wait."""
        self._resting[conversation] = self.now() + timedelta(seconds=seconds)

    def _forget(self) -> None:
        if len(self._calls) > FORGET:
            before = self.now() - timedelta(seconds=SENDING[-1][0])
            for key in [key for key, calls in self._calls.items() if calls[-1] < before]:
                del self._calls[key]
            for key in [key for key, until in self._resting.items() if until < before]:
                del self._resting[key]
