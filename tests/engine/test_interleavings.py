"""Two replicas and six hands at once, in an order that a seed decides: the record holds."""

import asyncio
from contextlib import suppress
from random import Random

import pytest
from sqlalchemy import select

from bot.domain.errors import UserError
from bot.domain.lifecycle import Action
from storage import tables as t
from tests.engine.invariants import broken
from tests.engine.world import World
from tests.fakes.clock import FakeClock

pytestmark = pytest.mark.postgres


@pytest.fixture
def dialect() -> str:
    return "postgresql"


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_at_once_the_record_holds(
    replicas: list[World], clock: FakeClock, seed: int
) -> None:
    random = Random(seed)
    people = ("ann", "ben", "cara", "eva")

    async def step() -> None:
        world = random.choice(replicas)
        title, group = random.choice(("api", "db", "queue")), f"g{random.randrange(3)}"
        said = {"group_key": group, "dedup_key": f"{title} {group}"}
        severity = random.choice(("critical", "high", "warning"))
        number = random.randrange(1, 5)
        by = world.by(random.choice(people))
        moves = (
            lambda: world.fires(title, severity, **said),
            lambda: world.fires(title, severity, **said),
            lambda: world.clears(title, severity, settles_at_once=random.random() < 0.5, **said),
            lambda: world.incidents.ack(number, by),
            lambda: world.incidents.resolve(number, by),
            lambda: world.incidents.escalate(number, by),
            lambda: world.incidents.act(number, Action.REOPEN, by),
            lambda: world.incidents.release(number, by),
            world.sweep,
        )
        await random.choice(moves)()

    async def one_after_another() -> None:
        for _ in range(8):
            with suppress(UserError):
                await step()

    for _ in range(3):
        await asyncio.gather(*(one_after_another() for _ in range(6)))
        clock.forward(minutes=random.choice((1, 5, 16)))

    letters = await replicas[0].rows(select(t.dead_letters.c.reason))
    assert letters == []
    assert await broken(replicas[0]) == []
