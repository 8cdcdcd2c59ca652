"""Timers: rows that ask "what is due now?", decided once, on time.

A sweep takes what is due and decides about it in one transaction: the lock of the incident comes
first, then the timer is marked as fired, and its consequences are written with the mark. Whoever
marks it decides; a crash before the commit leaves it due, a crash after leaves it done. APScheduler
never owns one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.domain.errors import Away
from bot.domain.ledger import Ledger
from bot.engine.hold import Hold
from bot.engine.timer_acts import WAKES_ALERTS, TimerActs
from bot.engine.work import Work
from bot.ports.failpoint import failpoint
from bot.ports.store import DueTimer, Lane, Store, Unit

log = structlog.get_logger()

SWEEP: Final = 200
"""Timers decided in one transaction, at most."""

CAP: Final = 0.1
"""Seconds the loop sleeps at most: what another replica armed is seen after this."""

HELD: Final = 0.02
"""Seconds until it looks again at what is due and in another replica's hands."""

AGAIN_AFTER: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(minutes=5)


async def nothing_first() -> None:
    """Nothing to be done before a sweep."""


class Timers:
    """`observe` is told how late each timer was decided, in seconds (never negative).

    `first` is awaited before each sweep; it may arm timers that are due at once.
    """

    def __init__(
        self,
        store: Store,
        work: Work,
        acts: TimerActs,
        hold: Hold,
        *,
        observe: Callable[[str, float], None] = lambda kind, late: None,
        cap: float = CAP,
        first: Callable[[], Awaitable[None]] = nothing_first,
    ) -> None:
        self.store, self.work, self.acts, self.hold = store, work, acts, hold
        self.observe, self.cap, self.first = observe, cap, first
        self.failures = 0
        self.swept_at: datetime | None = None
        self._wake = asyncio.Event()

    def told(self, ledger: Ledger) -> None:
        """A commit armed timers: look again, where one is due before the loop looks anyway."""
        soon = ledger.now + timedelta(seconds=self.cap)
        if any(row.due_at < soon for row in ledger.timers):
            self._wake.set()

    def look(self) -> None:
        """Somebody else may have armed timers."""
        self._wake.set()

    # the loop

    async def run(self) -> None:
        """Until cancelled. A failing sweep is logged and tried again; it never ends the loop."""
        while True:
            self._wake.clear()
            try:
                wait = await self._turn()
            except Away:
                wait = 1.0
            except Exception:
                self.failures += 1
                log.exception("sweep_failed")
                wait = 1.0
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):  # wait_for may swallow a cancellation
                    await self._wake.wait()

    async def _turn(self) -> float:
        """Decides what is due; returns for how many seconds there is nothing more to do."""
        if await self.hold.on():
            self.swept_at = self.store.now()
            return 1.0
        while (wait := await self._until_due()) <= 0:
            if not await self._decide_due():  # somebody else is about to
                wait = HELD
                break
        self.swept_at = self.store.now()
        return min(self.cap, wait)

    async def sweep(self) -> int:
        """Decides about what is due now, in its order; returns how many.

        Up to SWEEP at once, those apart that must see what the others wrote. What somebody else
        holds is left for the next time.
        """
        return await self._decide_due() if await self._until_due() <= 0 else 0

    async def _until_due(self) -> float:
        """Seconds until the next timer is due, `cap` where none is armed; 0 or less: one is due."""
        await self.first()
        due = await self.store.next_due()
        return self.cap if due is None else (due - self.store.now()).total_seconds()

    async def _decide_due(self) -> int:
        async def do(unit: Unit) -> int:
            due = in_one(await unit.due_timers(SWEEP))
            return await self._decide(unit, due) if due else 0

        await failpoint("timers.before_sweep")
        try:
            decided = await self.work(do, lane=Lane.TIMERS)
        except Away:
            raise
        except Exception as wrong:
            log.warning("sweep_again_one_by_one", error=repr(wrong))
            return await self._one_by_one()
        await failpoint("timers.after_sweep")
        return decided

    async def _decide(self, unit: Unit, due: Sequence[DueTimer]) -> int:
        subjects = {timer.id: incident_of(timer.subject) for timer in due}
        numbers = {number for number in subjects.values() if number is not None}
        mine = await unit.unlocked(numbers) if numbers else set()
        ours = [t for t in due if subjects[t.id] is None or subjects[t.id] in mine]
        taken = await unit.take_timers([timer.id for timer in ours])
        for timer in ours:
            if timer.id in taken:
                await self.acts(unit, timer)
                self.observe(timer.kind, max(0.0, (unit.now - timer.due_at).total_seconds()))
        return len(taken)

    async def _one_by_one(self) -> int:
        """A timer whose handler fails waits and must not stop the others."""

        async def read(unit: Unit) -> list[DueTimer]:
            return await unit.due_timers(SWEEP)

        due = await self.work(read, lane=Lane.TIMERS)
        return sum([await self._alone(timer) for timer in due])

    async def _alone(self, timer: DueTimer) -> int:
        async def decide(unit: Unit) -> int:
            return await self._decide(unit, [timer])

        async def postpone(unit: Unit) -> None:
            wait = min(LONGEST_WAIT, AGAIN_AFTER * 2 ** min(timer.tries, 10))
            await unit.postpone_timer(timer.id, unit.now + wait)

        return await self._guarded(timer, decide, postpone)

    async def _guarded(
        self,
        timer: DueTimer,
        decide: Callable[[Unit], Awaitable[int]],
        postpone: Callable[[Unit], Awaitable[None]],
    ) -> int:
        try:
            return await self.work(decide, lane=Lane.TIMERS)
        except Away:
            raise
        except Exception:
            self.failures += 1
            log.exception("timer_failed", timer=timer.id, kind=timer.kind, subject=timer.subject)
            await self.work(postpone, lane=Lane.TIMERS)
            return 1


def in_one(due: Sequence[DueTimer]) -> Sequence[DueTimer]:
    """Those of the due timers, from the first, that may be decided in one transaction."""
    apart = next((at for at, timer in enumerate(due) if timer.kind in WAKES_ALERTS), len(due))
    return due[: max(apart, 1)]


def incident_of(subject: str) -> int | None:
    """The number in `incident:42`; None for another subject."""
    kind, _, rest = subject.partition(":")
    return int(rest) if kind == "incident" and rest.isdigit() else None
