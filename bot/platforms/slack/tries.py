"""What was tried before: whether anything was sent at all, and where it was to stand.

Both are kept in memory: after a restart everything that was tried is looked for, where it is due.
"""

from collections import OrderedDict
from typing import Final

MOST: Final = 10_000


class Unsent:
    """Which deeds were put off before anything was sent: they need not be looked for."""

    def __init__(self) -> None:
        self._keys: OrderedDict[str, None] = OrderedDict()

    def take(self, key: str, *, tried: bool) -> bool:
        """Whether no try ever sent anything, of those there were; forgotten with the answer."""
        known = key in self._keys
        self._keys.pop(key, None)
        return known or not tried

    def add(self, key: str) -> None:
        self._keys[key] = None
        while len(self._keys) > MOST:
            self._keys.popitem(last=False)


class Trying:
    """Where tries went that may have been heard; a room may open between two of them."""

    def __init__(self) -> None:
        self._places: OrderedDict[str, dict[tuple[str, str], None]] = OrderedDict()

    def at(self, key: str, channel: str, thread: str) -> None:
        self._places.setdefault(key, {})[channel, thread] = None
        while len(self._places) > MOST:
            self._places.popitem(last=False)

    def where(self, key: str) -> tuple[tuple[str, str], ...]:
        """Channel and thread of each, the first one first."""
        return tuple(self._places.get(key, ()))

    def over(self, key: str) -> None:
        self._places.pop(key, None)
