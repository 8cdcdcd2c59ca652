"""So many requests a minute for each sender: a bucket that fills steadily."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.domain.errors import TooMany

MINUTE: Final = 60.0
SENDERS: Final = 10_000
"""Above this many, the buckets that are full again are forgotten."""


@dataclass(slots=True)
class Bucket:
    left: float
    at: float


class Limits:
    """`monotonic` gives seconds that never go back, as time.monotonic does."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._buckets: dict[str, Bucket] = {}

    def take(self, sender: str, per_minute: int) -> None:
        """Counts one request; 0 is no limit.

        Raises:
            TooMany: says when to come again.
        """
        if per_minute <= 0:
            return
        now = self._monotonic()
        bucket = self._buckets.get(sender)
        if bucket is None:
            self._forget(now)
            bucket = self._buckets[sender] = Bucket(per_minute, now)
        bucket.left = min(per_minute, bucket.left + (now - bucket.at) * per_minute / MINUTE)
        bucket.at = now
        if bucket.left < 1:
            raise TooMany(
                f"More than {per_minute} requests a minute; please slow down.",
                retry_after=(1 - bucket.left) * MINUTE / per_minute,
            )
        bucket.left -= 1

    def _forget(self, now: float) -> None:
        if len(self._buckets) >= SENDERS:
            self._buckets = {
                sender: bucket
                for sender, bucket in self._buckets.items()
                if now - bucket.at < MINUTE
            }
