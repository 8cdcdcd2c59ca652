"""Somebody sets the wall clock while timers wait: nobody is early, nobody is late."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.engine.announce import Announce
from bot.engine.hold import Hold
from bot.engine.rules import Rules
from bot.engine.timers import Timers
from bot.engine.work import Work
from bot.ports.store import DueTimer, Lane, Unit
from storage.clock import SystemClock
from storage.database import Database
from storage.store import SqlStore
from tests.fakes.policies import company

JUMPS = [timedelta(hours=2), timedelta(hours=-2)]


class SettableClock(SystemClock):
    """The real clock of a machine whose wall clock somebody sets."""

    def __init__(self) -> None:
        self.set_by = timedelta(0)
        super().__init__()

    def wall(self) -> datetime:
        return super().wall() + self.set_by


@dataclass
class Acts:
    """Notes when each timer was decided."""

    clock: SystemClock
    decided: dict[str, datetime] = field(default_factory=dict)
    all_done: asyncio.Event = field(default_factory=asyncio.Event)
    expected: int = 3

    async def __call__(self, unit: Unit, timer: DueTimer) -> None:
        assert timer.subject not in self.decided
        self.decided[timer.subject] = self.clock.now()
        if len(self.decided) == self.expected:
            self.all_done.set()


async def never_held() -> bool:
    return False


@pytest.mark.parametrize("jump", JUMPS, ids=["forward", "back"])
async def test_a_set_wall_clock_moves_no_timer(sqlite_database: Database, jump: timedelta) -> None:
    clock = SettableClock()
    store = SqlStore(sqlite_database, clock)
    work = Work(store, Announce(Rules(company()), {}))
    acts: Any = Acts(clock)
    timers = Timers(store, work, acts, Hold(never_held, store.now))
    store.tell(timers.told)
    due = {f"probe:{n}": clock.now() + timedelta(seconds=0.4 + n / 5) for n in range(3)}
    due["probe:late"] = clock.now() + timedelta(hours=1)
    await work(arming(due), lane=Lane.COMMANDS)
    loop = asyncio.create_task(timers.run())
    try:
        await asyncio.sleep(0)
        clock.set_by = jump
        clock.watch_wall()
        async with asyncio.timeout(30):
            await acts.all_done.wait()
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
    assert "probe:late" not in acts.decided
    for subject, at in acts.decided.items():
        assert timedelta(0) <= at - due[subject] < timedelta(seconds=10), subject


def arming(due: dict[str, datetime]) -> Callable[[Unit], Awaitable[None]]:
    async def arm(unit: Unit) -> None:
        for subject, at in due.items():
            unit.ledger.arm(subject, "probe", 0, at)

    return arm


@pytest.mark.parametrize("jump", JUMPS, ids=["forward", "back"])
def test_a_set_wall_clock_is_logged_and_counted_once(jump: timedelta) -> None:
    clock = SettableClock()
    clock.watch_wall()
    before = clock.now()
    clock.set_by = jump
    with capture_logs() as logs:
        clock.watch_wall()
        clock.watch_wall()
    assert clock.jumps == 1
    (line,) = logs
    assert line["event"] == "wall_clock_jumped"
    assert abs(line["seconds"] - jump.total_seconds()) < 5
    assert timedelta(0) <= clock.now() - before < timedelta(minutes=1)


def test_a_start_behind_the_record_carries_on_from_it() -> None:
    clock = SettableClock()
    newest = clock.now() + timedelta(hours=2)
    with capture_logs() as logs:
        clock.not_before(newest)
    assert clock.now() >= newest
    assert [line["event"] for line in logs] == ["clock_behind_the_record"]
