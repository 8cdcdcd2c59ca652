"""A loop that is told to end while it is being woken ends."""

import asyncio
from typing import Any

import pytest

from bot.engine.announce import Announce
from bot.engine.delivery import Delivery
from bot.engine.hold import Hold
from bot.engine.rules import Rules
from bot.engine.timers import Timers
from bot.engine.work import Work
from storage.store import SqlStore
from tests.fakes.policies import company

BEATS = range(6)
"""How many turns of the event loop lie between waking and ending."""


async def always_held() -> bool:
    return True


def loops(store: SqlStore) -> dict[str, Any]:
    """Timers and delivery, on hold: all they do is wait."""
    work = Work(store, Announce(Rules(company()), {}))
    hold = Hold(always_held, store.now)
    nobody: Any = None
    return {
        "timers": Timers(store, work, nobody, hold),
        "delivery": Delivery(store, work, nobody, {}, hold),
    }


@pytest.mark.parametrize("beats", BEATS)
@pytest.mark.parametrize("name", ["timers", "delivery"])
async def test_a_loop_ends_while_it_is_woken(sqlite_store: SqlStore, name: str, beats: int) -> None:
    loop = loops(sqlite_store)[name]
    running = asyncio.create_task(loop.run())
    await asyncio.sleep(0.05)
    loop.look()
    for _ in range(beats):
        await asyncio.sleep(0)
    running.cancel()
    done, _ = await asyncio.wait([running], timeout=5)
    assert done
