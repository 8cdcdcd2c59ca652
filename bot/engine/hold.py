"""Hold: nothing goes out and no timer is decided, while intake and the web room go on."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

FRESH: Final = timedelta(seconds=1)


class Hold:
    """`read` asks the database; the answer is good for a second.

    So `muster hold on` returns a second later.
    """

    def __init__(self, read: Callable[[], Awaitable[bool]], now: Callable[[], datetime]) -> None:
        self._read, self._now = read, now
        self._said: bool = False
        self._at: datetime | None = None

    async def on(self) -> bool:
        if self._at is None or self._now() - self._at >= FRESH:
            self._said, self._at = await self._read(), self._now()
        return self._said

    @property
    def last(self) -> bool:
        """What was read last, without asking."""
        return self._said
