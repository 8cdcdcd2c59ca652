"""Where there is one writer, the lanes are its order."""

import asyncio

from bot.ports.store import Lane
from storage.lanes import Lanes


async def test_a_command_is_kept_before_earlier_ones_are_carried_out() -> None:
    lanes, served = Lanes(), []

    async def write(lane: Lane) -> None:
        async with lanes.turn(lane):
            served.append(lane)

    async with lanes.turn(Lane.INTAKE):
        waiting = [
            asyncio.create_task(write(lane))
            for lane in (Lane.DELIVERY, Lane.COMMANDS, Lane.HEARING, Lane.INTAKE, Lane.TIMERS)
        ]
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    assert served == [Lane.TIMERS, Lane.HEARING, Lane.COMMANDS, Lane.DELIVERY, Lane.INTAKE]
