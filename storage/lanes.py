"""One writer, and an order in which those who want to write get their turn."""

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

from bot.ports.store import Lane


class Lanes:
    """A lock that serves the lanes as they are numbered; in order within a lane."""

    def __init__(self) -> None:
        self._taken = False
        self._queue: list[tuple[int, int, asyncio.Future[None]]] = []
        self._ticket = count()

    @asynccontextmanager
    async def turn(self, lane: Lane) -> AsyncIterator[None]:
        await self._take(lane)
        try:
            yield
        finally:
            self._give()

    async def _take(self, lane: Lane) -> None:
        if not self._taken:
            self._taken = True
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._queue, (int(lane), next(self._ticket), mine))
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._give()  # it was our turn already; pass it on
            raise

    def _give(self) -> None:
        while self._queue:
            _, _, next_one = heapq.heappop(self._queue)
            if not next_one.done():
                next_one.set_result(None)
                return
        self._taken = False
