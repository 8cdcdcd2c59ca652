"""How much a bot may do in one conversation:
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from typing import Final

SENDING: Final = ((1, 7), (2, 8), (30, 60), (3600, 1800))
"""(seconds, operations), all of them at once."""
READING: Final = ((1, 14), (2, 16), (30, 120), (3600, 3600))


@dataclass
class Limits:
    """Off until a test says `limits.on = True`, since a clock that stands still refills nothing."""

    now: Callable[[], float]
    on: bool = False
    _seen: dict[tuple[str, bool], deque[float]] = field(default_factory=dict)

    def wait(self, conversation: str, *, sends: bool) -> int:
        """Seconds for `Retry-After`; 0 if the call may go on, which is then counted."""
        if not self.on:
            return 0
        now = self.now()
        seen = self._seen.setdefault((conversation, sends), deque())
        while seen and seen[0] <= now - 3600:
            seen.popleft()
        for seconds, most in SENDING if sends else READING:
            recent = [at for at in seen if at > now - seconds]
            if len(recent) >= most:
                return max(1, ceil(recent[-most] + seconds - now))
        seen.append(now)
        return 0
