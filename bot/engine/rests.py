"""Kinds of effects that come too fast for where they go: they are left in the outbox meanwhile.

Without this each of them would be claimed, made ready, sent away and put back again and again.
"""

from datetime import datetime, timedelta
from typing import Final

from bot.domain.effect import Effect, kind_at

REMEMBERED: Final = timedelta(seconds=60)
"""After its rest a kind that was too fast for so long is taken a few at a time."""


class Rests:
    """By kind and destination (`slack EditCard`)."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    def rest(self, effect: Effect, until: datetime) -> None:
        self._until[kind_at(effect)] = until

    def resting(self, now: datetime) -> list[str]:
        """Of which nothing is to be claimed now."""
        return [kind for kind, until in self._until.items() if until > now]

    def sparing(self, now: datetime) -> list[str]:
        """Of which only a few are to be claimed at once."""
        return [kind for kind, until in self._until.items() if until + REMEMBERED > now]
