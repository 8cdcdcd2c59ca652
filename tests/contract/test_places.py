"""Which incident a conversation is about, asked of where its card and its room are."""

import pytest

from bot.ports.store import Lane, Place, Unit
from storage.queries import SqlQueries
from storage.store import SqlStore

ROOM = Place(incident=1, platform="slack", slot="room", address={"id": "C1"})
ITS_CARD = Place(incident=1, platform="slack", slot="card", address={"channel": "C1", "ts": "1.0"})
NO_ROOM = Place(incident=2, platform="slack", slot="room", address={"digest": True})
IN_TEAM = Place(incident=2, platform="slack", slot="card", address={"channel": "C9", "ts": "2.0"})
AGAIN = Place(incident=3, platform="slack", slot="room", address={"id": "C1"})


@pytest.fixture
async def queries(store: SqlStore) -> SqlQueries:
    async def put(unit: Unit) -> None:
        for place in (ROOM, ITS_CARD, NO_ROOM, IN_TEAM):
            await unit.put_place(place)

    await store.transact(put, lane=Lane.COMMANDS)
    return SqlQueries(store.database, store.clock)


async def test_a_room_is_about_its_incident_and_so_is_each_of_its_threads(
    queries: SqlQueries,
) -> None:
    assert await queries.incident_at("slack", "C1") == 1
    assert await queries.incident_at("slack", "C1", "7.7") == 1


async def test_in_a_team_s_channel_only_the_thread_of_the_card_is(queries: SqlQueries) -> None:
    assert await queries.incident_at("slack", "C9") is None
    assert await queries.incident_at("slack", "C9", "7.7") is None
    assert await queries.incident_at("slack", "C9", "2.0") == 2


async def test_platforms_do_not_mix(queries: SqlQueries) -> None:
    assert await queries.incident_at("teams", "C1") is None


async def test_a_room_used_again_is_about_the_newest(store: SqlStore, queries: SqlQueries) -> None:
    async def put(unit: Unit) -> None:
        await unit.put_place(AGAIN)

    await store.transact(put, lane=Lane.COMMANDS)
    assert await queries.incident_at("slack", "C1") == 3
