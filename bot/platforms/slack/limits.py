"""How often each method may be called, so that Slack need not say 429.

Tiers as https://docs.slack.dev/apis/web-api/rate-limits has them, per method and workspace; posts
go at about one a second and channel. A call that would have to wait for long is put back to the
outbox, which goes on with other things and brings the most severe first when its turn has come.
"""

from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

MINUTE: Final = 63.0
"""Seconds, with what a call may be late by when it arrives."""

TIER_2: Final = 20
TIER_3: Final = 50
TIER_4: Final = 100

PER_MINUTE: Final[dict[str, int]] = {
    "bookmarks.add": TIER_2,
    "bookmarks.edit": TIER_2,
    "bookmarks.list": TIER_3,
    "chat.postEphemeral": TIER_4,
    "chat.update": TIER_3,
    "conversations.archive": TIER_2,
    "conversations.create": TIER_2,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.invite": TIER_3,
    "conversations.join": TIER_3,
    "conversations.kick": TIER_3,
    "conversations.members": TIER_4,
    "conversations.open": TIER_3,
    "conversations.rename": TIER_2,
    "conversations.replies": TIER_3,
    "conversations.setPurpose": TIER_2,
    "conversations.setTopic": TIER_2,
    "conversations.unarchive": TIER_2,
    "files.completeUploadExternal": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "pins.add": TIER_2,
    "reactions.add": TIER_3,
    "usergroups.list": TIER_2,
    "usergroups.users.list": TIER_2,
    "users.conversations": TIER_3,
    "users.lookupByEmail": TIER_3,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.update": TIER_4,
}
"""Calls in any minute, by method; what is not named here goes unpaced."""

POST: Final = "chat.postMessage"
POST_EVERY: Final = 1.0
"""Seconds between two posts to one channel."""

FORGET: Final = 2_000
"""Channels remembered before those that may be posted to again are dropped."""


class Pace:
    """`now()` is the time that is slept by."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self._calls: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self._resting: dict[str, datetime] = {}

    def wait(self, method: str, channel: str = "") -> float:
        """Seconds until this call may go out; 0 if it may now."""
        now = self.now()
        key = _key(method, channel)
        free = max(self._free(key, method, now), self._resting.get(key, now))
        return max(0.0, (free - now).total_seconds())

    def places(self, method: str) -> int:
        """How many calls of a method may go out at once now."""
        if self.wait(method) > 0:
            return 0
        most, span = _limit(method)
        begins = self.now() - timedelta(seconds=span)
        return most - sum(1 for call in self._calls.get(method, ()) if call > begins)

    def take(self, method: str, channel: str = "") -> float:
        """Takes the next free place; returns the seconds until it comes."""
        seconds = self.wait(method, channel)
        most, _ = _limit(method)
        if most:
            calls = self._calls[_key(method, channel)]
            calls.append(self.now() + timedelta(seconds=seconds))
            while len(calls) > most:
                calls.popleft()
            self._forget()
        return seconds

    def rest(self, method: str, channel: str, seconds: float) -> None:
        """Slack asked us to wait."""
        self._resting[_key(method, channel)] = self.now() + timedelta(seconds=seconds)

    def _free(self, key: str, method: str, now: datetime) -> datetime:
        most, span = _limit(method)
        calls = self._calls.get(key)
        if not most or calls is None or len(calls) < most:
            return now
        return calls[0] + timedelta(seconds=span)

    def _forget(self) -> None:
        if len(self._calls) > FORGET:
            before = self.now() - timedelta(seconds=MINUTE)
            for key in [key for key, calls in self._calls.items() if calls[-1] < before]:
                del self._calls[key]
            for key in [key for key, until in self._resting.items() if until < before]:
                del self._resting[key]


def _key(method: str, channel: str) -> str:
    return f"{method} {channel}" if method == POST else method


def _limit(method: str) -> tuple[int, float]:
    """Calls in so many seconds; 0 calls: no limit is known."""
    return (1, POST_EVERY) if method == POST else (PER_MINUTE.get(method, 0), MINUTE)
