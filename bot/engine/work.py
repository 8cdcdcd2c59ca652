"""Transactions of the engine: work is done, and what must be said about it is queued with it."""

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.engine.announce import Announce
from bot.ports.store import Cause, Lane, Store, Unit

T = TypeVar("T")


class Work:
    """Every act of the engine goes through here, so none can forget to speak.

    `observe` hears how long each transaction took, its waiting for a turn included.
    """

    def __init__(
        self,
        store: Store,
        announce: Announce,
        *,
        observe: Callable[[str, float], None] = lambda lane, seconds: None,
    ) -> None:
        self.store, self.announce, self.observe = store, announce, observe

    async def __call__(
        self, do: Callable[[Unit], Awaitable[T]], *, lane: Lane, call: Cause | None = None
    ) -> T:
        """Runs `do` in one transaction (see Store.transact) and queues what follows from it."""

        async def whole(unit: Unit) -> T:
            result = await do(unit)
            await self.announce.follow(unit)
            return result

        begun = time.perf_counter()
        try:
            return await self.store.transact(whole, lane=lane, call=call)
        finally:
            self.observe(lane.name.lower(), time.perf_counter() - begun)
