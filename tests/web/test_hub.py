"""A wake-up comes to whoever looks, carries nothing, and is never missed."""

import asyncio

from bot.domain.ledger import Ledger
from bot.ports.hub import Hub, Wake
from tests.fakes.clock import MONDAY


def ledger(*refreshed: int) -> Ledger:
    return Ledger(MONDAY, lambda: "0" * 20, refreshed=set(refreshed))


async def woken(wake: Wake) -> bool:
    return await wake.wait(0)


async def test_only_who_looks_at_it_is_woken() -> None:
    hub = Hub()
    with hub.subscribe(1) as one, hub.subscribe(2) as two, hub.subscribe_list() as everything:
        hub.told(ledger(1))
        assert await woken(one)
        assert not await woken(two)
        assert await woken(everything)


async def test_a_commit_about_no_incident_wakes_nobody() -> None:
    hub = Hub()
    with hub.subscribe_list() as everything:
        hub.told(ledger())
        assert not await woken(everything)


async def test_a_wake_up_before_the_wait_is_not_missed() -> None:
    hub = Hub()
    with hub.subscribe(1) as wake:
        wake.clear()
        hub.changed([1])
        hub.changed([1])
        assert await wake.wait(1)
        wake.clear()
        assert not await woken(wake), "two changes were one wake-up"


async def test_everybody_who_looks_is_woken_at_once() -> None:
    hub = Hub()
    with hub.subscribe(1) as one, hub.subscribe(1) as another:
        waiting = asyncio.gather(one.wait(1), another.wait(1))
        await asyncio.sleep(0)
        hub.changed([1])
        assert await waiting == [True, True]


async def test_who_left_is_forgotten() -> None:
    hub = Hub()
    with hub.subscribe_person("ann"):
        assert hub.looking("ann")
        with hub.subscribe_person("ann"):
            pass
        assert hub.looking("ann"), "another page is still open"
    assert not hub.looking("ann")
    hub.noticed("ann")


async def test_one_may_listen_to_incidents_as_well_for_a_while() -> None:
    hub = Hub()
    with hub.subscribe_person("ann") as wake:
        with hub.also(wake, {1}):
            hub.changed([1])
            assert await woken(wake)
        wake.clear()
        hub.changed([1])
        assert not await woken(wake)
