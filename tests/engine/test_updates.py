"""A status update that was promised and does not come (BEHAVIOUR 4.5)."""

from datetime import timedelta

import pytest

from tests.engine.world import World

OVERDUE = "reminded"


async def promised(world: World, *, lead: str | None = None) -> int:
    """A P1 of Ann's, whose next update is due in half an hour."""
    await world.fires("api down", "high")
    number = (await world.ack("ann")).number
    if lead is not None:
        await world.incidents.role(number, "lead", lead, world.by("ann"))
    half = timedelta(minutes=30)
    await world.incidents.update(number, world.by("ann"), known="it is slow", next_in=half)
    return number


async def reminders(world: World) -> list[tuple[float, str]]:
    """When whom was reminded privately."""
    told = await world.notices()
    return [(t.minute, t.person) for t in told if t.step.startswith("update-due")]


@pytest.mark.parametrize(("lead", "asked"), [("ben", "ben"), (None, "ann")])
async def test_the_lead_is_reminded_privately_and_after_ten_minutes_the_room_once(
    world: World, lead: str | None, asked: str
) -> None:
    await promised(world, lead=lead)
    await world.watch(minutes=39)
    assert await reminders(world) == [(30, asked)]
    assert OVERDUE not in await world.entries()
    await world.watch(minutes=15)
    assert await reminders(world) == [(30, asked)]
    assert (await world.entries()).count(OVERDUE) == 1


async def test_an_update_in_the_meantime_spares_the_room(world: World) -> None:
    number = await promised(world)
    await world.watch(minutes=35)
    hour = timedelta(hours=1)
    await world.incidents.update(number, world.by("ann"), known="it is the cache", next_in=hour)
    await world.watch(minutes=50)
    assert OVERDUE not in await world.entries()
    assert await reminders(world) == [(30, "ann")]


async def test_nobody_is_reminded_of_what_is_over(world: World) -> None:
    await promised(world)
    await world.watch(minutes=31)
    await world.resolve("ann")
    await world.watch(minutes=30)
    assert OVERDUE not in await world.entries()
