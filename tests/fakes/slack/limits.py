"""How often Slack lets an app call: https://docs.slack.dev/apis/web-api/rate-limits."""

from collections import deque
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from tests.fakes.slack.time import Time


@dataclass(frozen=True)
class Tier:
    """So many calls in so many seconds: of a method, or of a method in one channel."""

    calls: int
    seconds: float = 60
    each_channel: bool = False


TIER_1: Final = Tier(1)
TIER_2: Final = Tier(20)
TIER_3: Final = Tier(50)
TIER_4: Final = Tier(100)
POSTING: Final = Tier(5, 5, each_channel=True)
"""One a second in a channel, a short burst allowed."""
SPECIAL: Final = Tier(600)
"""Where the page says "special" and names hundreds a minute."""


@dataclass
class Limits:
    """Off until a test says `limits.on = True`, since a clock that stands still refills nothing."""

    time: Time
    on: bool = False
    _seen: dict[tuple[str, str], deque[float]] = field(default_factory=dict)

    def wait(self, method: str, channel: str, tier: Tier) -> int:
        """Seconds for `Retry-After`; 0 if the call may go on, which is then counted."""
        if not self.on:
            return 0
        now = self.time.now()
        key = (method, channel if tier.each_channel else "")
        seen = self._seen.setdefault(key, deque())
        while seen and seen[0] <= now - tier.seconds:
            seen.popleft()
        if len(seen) >= tier.calls:
            return max(1, ceil(seen[0] + tier.seconds - now))
        seen.append(now)
        return 0
