"""Whoever looks at the web room of one replica is not missed by another."""

import pytest

from bot.domain.effect import EffectKind
from bot.domain.errors import DeliveryError
from bot.platforms.web import connect
from bot.ports.channel import Job
from bot.ports.hub import Hub
from storage.notices import SqlNotices
from storage.presence import SqlPresence
from storage.store import SqlStore
from tests.databases import opened
from tests.fakes.clock import FakeClock

PAGE = Job(key="page:1", kind=EffectKind.PAGE, to="person:ann", person_id="ann", loud=True)


@pytest.mark.postgres
async def test_a_page_rings_although_the_person_looks_at_another_replica(
    postgres_url: str, clock: FakeClock
) -> None:
    async with opened(postgres_url) as here, opened(postgres_url) as there:
        mine, other = SqlStore(here, clock), SqlStore(there, clock)
        web = connect(notices=SqlNotices(mine), hub=Hub(), presence=SqlPresence(mine))
        await SqlPresence(other).note("ann")

        assert await web.perform(PAGE) == {}
        clock.forward(minutes=1)
        with pytest.raises(DeliveryError, match="nobody is looking"):
            await web.perform(PAGE)


async def test_one_process_alone_keeps_no_rows_of_who_looks(sqlite_store: SqlStore) -> None:
    presence = SqlPresence(sqlite_store)
    await presence.note("ann")
    assert not await presence.looking("ann")


@pytest.mark.postgres
async def test_it_is_said_now_and_then_and_not_at_every_wake_up(
    postgres_url: str, clock: FakeClock
) -> None:
    async with opened(postgres_url) as database:
        store = SqlStore(database, clock)
        presence = SqlPresence(store)
        await presence.note("ann")
        clock.forward(seconds=5)
        await presence.note("ann")
        clock.forward(seconds=36)
        assert not await presence.looking("ann"), "41 seconds since it was said"
        await presence.note("ann")
        assert await presence.looking("ann")
        assert not await presence.looking("ben")
