"""The loop looks at the outbox when there may be something to take, and not more often."""

import asyncio
from dataclasses import replace

from bot.domain.effect import Effect
from bot.domain.ledger import Ledger
from bot.ports.channel import Job
from bot.ports.store import Lane, Unit
from tests.delivery.conftest import Outpost


class Telephone:
    """Rings until somebody hangs up."""

    def __init__(self) -> None:
        self.rings, self.down = asyncio.Event(), asyncio.Event()

    async def __call__(self, job: Job) -> None:
        self.rings.set()
        await self.down.wait()


async def test_what_comes_behind_a_call_is_looked_for_when_it_ends(outpost: Outpost) -> None:
    """In a flood of pages to one person, every commit had the whole outbox read in vain."""
    outpost.web.before = telephone = Telephone()
    delivery, pages = outpost.delivery, list[Effect]()

    def told(ledger: Ledger) -> None:
        pages.extend(effect for effect in ledger.effects if effect.destination == "web")
        delivery.told(ledger)

    outpost.store.tell(told)
    await outpost.opens("api down")
    await delivery._launch()
    await asyncio.wait_for(telephone.rings.wait(), 10)
    delivery._wake.clear()

    async def queue(unit: Unit) -> None:
        unit.ledger.queue(replace(pages[0], key="behind it"))

    await outpost.work(queue, lane=Lane.INTAKE)
    assert not delivery._wake.is_set()

    telephone.down.set()
    await asyncio.wait_for(delivery._wake.wait(), 10)
    await delivery._finish_running()


async def test_what_comes_beside_a_call_is_taken_meanwhile(outpost: Outpost) -> None:
    outpost.web.before = telephone = Telephone()
    outpost.store.tell(outpost.delivery.told)
    await outpost.opens("api down")
    await outpost.delivery._launch()
    await asyncio.wait_for(telephone.rings.wait(), 10)
    outpost.delivery._wake.clear()

    await outpost.opens("db down", team="shop")
    assert outpost.delivery._wake.is_set()
    telephone.down.set()
    await outpost.delivery._finish_running()
