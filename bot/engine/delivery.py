"""Empties the outbox: claims what is due, and keeps a few calls going at a time.

Only the head of an ordering key is claimed, for longer than its call may take; settling checks the
claim's token, so a replica that was thought dead settles nothing twice. Within one call there are a
few tries (`sending`); then the row waits and comes again, until it is taken for good or expires
(`settling`).
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

import structlog

from bot.domain.errors import Away
from bot.domain.ledger import Ledger
from bot.engine.breaker import Breakers
from bot.engine.hold import Hold
from bot.engine.jobs import Jobs
from bot.engine.rests import Rests
from bot.engine.sending import CALL_TIMEOUT, LEASE, Observe, Sending, Sleep
from bot.engine.settling import Settling
from bot.engine.work import Work
from bot.ports.channel import Channel
from bot.ports.failpoint import failpoint
from bot.ports.store import Claimed, Lane, Store, Unit

log = structlog.get_logger()

PATIENCE: Final = 5.0
"""Seconds that calls which have begun get when the process is asked to stop."""

AT_ONCE: Final = 16
IDLE: Final = 0.25
PACE: Final = 0.02
"""Seconds between two looks at the outbox at least: commits that come together share one."""

LONGEST_REST: Final = 0.25
"""Seconds. A look that took long is followed by as long a rest: a long backlog is slow to read, and
others want to write meanwhile."""


class Delivery:
    """`channels` by destination. `sleep` waits between tries; tests give their own."""

    def __init__(
        self,
        store: Store,
        work: Work,
        jobs: Jobs,
        channels: Mapping[str, Channel],
        hold: Hold,
        *,
        sleep: Sleep = asyncio.sleep,
        timeout: float = CALL_TIMEOUT,
        observe: Observe = lambda destination, seconds: None,
    ) -> None:
        self.store, self.work, self.channels, self.hold = store, work, channels, hold
        self.breakers, self.rests = Breakers(), Rests()
        self.settling = Settling(work, channels)
        self.outcomes = self.settling.outcomes
        self.sending = Sending(
            store,
            jobs,
            hold,
            self.settling,
            self.breakers,
            rests=self.rests,
            sleep=sleep,
            timeout=timeout,
            observe=observe,
        )
        self.seen_at: datetime | None = None
        self._wake = asyncio.Event()
        self._running: dict[asyncio.Task[None], str] = {}  # each with its ordering key

    def told(self, ledger: Ledger) -> None:
        """A commit queued effects; those behind what is on its way are looked at when it ends."""
        underway = frozenset(self._running.values())
        if any(effect.ordering not in underway for effect in ledger.effects):
            self._wake.set()

    def look(self) -> None:
        """Somebody else may have queued effects."""
        self._wake.set()

    # the loop

    async def run(self) -> None:
        """Until cancelled; a failing turn is logged and tried again."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                begun = loop.time()
                self._wake.clear()
                try:
                    wait = await self._turn()
                except Away:
                    wait = 1.0
                except Exception:
                    log.exception("delivery_failed")
                    wait = 1.0
                seen = loop.time()
                ready = max(begun + PACE, seen + min(seen - begun, LONGEST_REST))
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):  # wait_for may swallow a cancellation
                        await self._wake.wait()
                await asyncio.sleep(ready - loop.time())
        finally:
            await self._finish_running()

    async def _finish_running(self) -> None:
        """Calls that have begun may end; what is still claimed then goes back at once."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=PATIENCE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _turn(self) -> float:
        if await self.hold.on():
            self.seen_at = self.store.now()
            return 1.0
        while len(self._running) < AT_ONCE and await self._launch():
            pass  # there was as much as could be taken, and may be more
        self.seen_at = self.store.now()
        due = await self.store.next_delivery()
        if due is None:
            return 1.0
        return max(IDLE, min(1.0, (due - self.store.now()).total_seconds()))

    async def _launch(self) -> bool:
        """Whether it is worth another look, which reads all that is due."""
        room = AT_ONCE - len(self._running)
        claimed = await self._claim(room)
        for one in claimed:
            task = asyncio.create_task(self._guarded(one))
            self._running[task] = one.effects[0].ordering
            task.add_done_callback(self._done)
        return len(claimed) >= room

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self._wake.set()

    async def drain(self) -> int:
        """Does everything that is due now, to the end; returns how many claims were done."""
        done = 0
        while claimed := await self._claim(AT_ONCE):
            await asyncio.gather(*(self._guarded(one) for one in claimed))
            done += len(claimed)
        return done

    async def _claim(self, limit: int) -> list[Claimed]:
        if await self.hold.on():
            return []
        due = await self.store.next_delivery()
        if due is None or due > self.store.now():
            return []
        now = self.store.now()
        busy = self.breakers.resting(now)
        resting, sparing = self.rests.resting(now), self.rests.sparing(now)

        async def claim(unit: Unit) -> list[Claimed]:
            return await unit.claim(limit, lease=LEASE, busy=busy, resting=resting, sparing=sparing)

        claiming = asyncio.create_task(self.work(claim, lane=Lane.DELIVERY))
        try:
            claimed = await asyncio.shield(claiming)
            await failpoint("delivery.after_claim")
        except asyncio.CancelledError:
            await self._unclaim(claiming)
            raise
        return claimed

    async def _unclaim(self, claiming: asyncio.Task[list[Claimed]]) -> None:
        """The process was asked to stop in the midst of it: what is claimed goes back at once."""
        try:
            async with asyncio.timeout(PATIENCE):
                for one in await claiming:
                    await self.settling.give_back(one)
        except Exception:
            log.warning("claims_not_given_back", exc_info=True)  # they end by themselves

    async def _guarded(self, claimed: Claimed) -> None:
        """Who is cancelled gives back what is not settled yet."""
        try:
            await self._send(claimed)
        except asyncio.CancelledError:
            await self.settling.give_back(claimed)
            raise

    async def _send(self, claimed: Claimed) -> None:
        """The loop's edge: whatever goes wrong with one row, the others go on."""
        try:
            await self.sending(claimed)
        except Away:
            return  # the claim ends by itself
        except Exception as wrong:
            log.exception("effect_failed", key=claimed.effects[0].key)
            await self.settling.put_back(claimed, repr(wrong), None)

    async def take_over(self) -> None:
        """Where nobody else delivers: what is claimed now, a process claimed that has died."""

        async def do(unit: Unit) -> None:
            await unit.free_claims()

        await self.work(do, lane=Lane.DELIVERY)
