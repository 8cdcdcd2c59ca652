"""A breaker per destination: after five failures it rests a minute, then lets one try through.

A subscriber's hook and a webhook that is paged are destinations of their own: one that is down must
not silence the others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final
from urllib.parse import urlsplit

from bot.domain.effect import Effect

OPENS_AFTER: Final = 5
RESTS: Final = timedelta(seconds=60)
CLOSES_AFTER: Final = 2


class BreakerState(IntEnum):
    """As the metric `circuit_breaker_state` shows it."""

    CLOSED = 0
    HALF_OPEN = 1
    OPEN = 2


@dataclass(slots=True)
class Breaker:
    failures: int = 0
    successes: int = 0
    opened_at: datetime | None = None
    trying: bool = False

    def state(self, now: datetime) -> BreakerState:
        if self.opened_at is None:
            return BreakerState.CLOSED
        return BreakerState.HALF_OPEN if now - self.opened_at >= RESTS else BreakerState.OPEN

    def lets_through(self, now: datetime) -> bool:
        """One at a time while half open."""
        state = self.state(now)
        return state is BreakerState.CLOSED or (state is BreakerState.HALF_OPEN and not self.trying)

    def begin(self, now: datetime) -> bool:
        """True where a call may go out now; it must be followed by how it went."""
        if not self.lets_through(now):
            return False
        self.trying = self.state(now) is BreakerState.HALF_OPEN
        return True

    def succeeded(self) -> None:
        self.trying = False
        self.successes += 1
        if self.opened_at is None or self.successes >= CLOSES_AFTER:
            self.failures, self.successes, self.opened_at = 0, 0, None

    def failed(self, now: datetime) -> None:
        self.trying, self.successes = False, 0
        self.failures += 1
        if self.failures >= OPENS_AFTER or self.opened_at is not None:
            self.opened_at = now

    def unclear(self) -> None:
        """It answered, but with a lasting refusal of this one thing: neither good nor bad."""
        self.trying = False


class Breakers:
    """By name: a channel's, `webhook:<hook>`, or `webhook:<host>` of what is paged by address."""

    def __init__(self) -> None:
        self._named: dict[str, Breaker] = {}
        self._by_ordering: dict[str, str] = {}

    def __getitem__(self, name: str) -> Breaker:
        return self._named.setdefault(name, Breaker())

    def of(self, effect: Effect) -> Breaker:
        name = destination_of(effect)
        if name != effect.destination:
            self._by_ordering[effect.ordering] = name
        return self[name]

    def resting(self, now: datetime) -> list[str]:
        """Destinations and ordering keys of which nothing is to be claimed now."""
        names = {name for name, one in self._named.items() if not one.lets_through(now)}
        return sorted(names) + [key for key, name in self._by_ordering.items() if name in names]

    def states(self, now: datetime, channels: Iterable[str] = ()) -> dict[str, BreakerState]:
        """By name; of these channels also where nothing was sent yet."""
        untried = dict.fromkeys(channels, BreakerState.CLOSED)
        return untried | {name: breaker.state(now) for name, breaker in self._named.items()}

    def clear(self) -> None:
        self._named.clear()


def destination_of(effect: Effect) -> str:
    """Whose fault it is when this cannot be delivered; the name holds no secret of an address."""
    if hook := effect.payload.get("hook"):
        return f"{effect.destination}:{hook}"
    kind, _, url = str(effect.payload.get("to", "")).partition(":")
    if kind != effect.destination:
        return effect.destination
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    return f"{effect.destination}:{host}" if host else effect.destination
