"""Statements straight to the driver belong to SQLAlchemy's transactions, and fail as its own do."""

from collections.abc import Sequence
from typing import Any, Final

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from storage import tables as t
from storage.away import is_away
from storage.bulk import INSERT_NEW, Bulk
from storage.driver import change, fetch
from storage.flush.contended import Contended
from storage.flush.together import Together
from storage.store import SqlStore

BODIES: Final = Bulk(t.raw_bodies, ("id", "source", "received_at", "body"))
FACTS: Final = Bulk(t.facts, ("name", "value"))
RENAME: Final = Bulk(
    t.facts,
    ("name", "value"),
    "UPDATE facts SET value = new.value FROM {new} WHERE facts.name = new.name",
)


async def bodies(store: SqlStore) -> int:
    async with store.reading() as connection:
        found = await connection.execute(select(func.count()).select_from(t.raw_bodies))
        return int(found.scalar_one())


async def fact(store: SqlStore, name: str) -> object:
    async with store.reading() as connection:
        found = await connection.execute(select(t.facts.c.value).where(t.facts.c.name == name))
        return found.scalar_one_or_none()


async def test_what_is_not_committed_is_undone_where_the_driver_began(store: SqlStore) -> None:
    async with store.database.writer.connect() as connection, connection.begin() as transaction:
        await BODIES(connection, [("a", "x", store.now(), b"1")])
        await transaction.rollback()

    assert await bodies(store) == 0


async def test_rows_of_several_tables_arrive_together(store: SqlStore) -> None:
    async with store.database.writer.begin() as connection:
        await FACTS(connection, [("colour", "red"), ("shape", "round")])
    async with store.database.writer.begin() as connection:
        together = Together(connection)
        together.add(RENAME, [("colour", "blue")])
        together.add(BODIES, [(f"{n}", "x", store.now(), b"1") for n in range(3)])
        together.add(FACTS, [("size", "large")])
        await together.write()

    assert await bodies(store) == 3
    assert [await fact(store, name) for name in ("colour", "shape", "size")] == [
        "blue",
        "round",
        "large",
    ]


async def test_parts_without_rows_are_left_out(store: SqlStore) -> None:
    async with store.database.writer.begin() as connection:
        together = Together(connection)
        together.add(RENAME, [])
        together.claim(BODIES, [])
        together.add(FACTS, [("size", "large")])
        await together.write()
        await Together(connection).write()

    assert await fact(store, "size") == "large"


async def write(
    store: SqlStore,
    bulk: Bulk = FACTS,
    rows: Sequence[Sequence[Any]] = (),
    *,
    claimed: tuple[Bulk, Sequence[Sequence[Any]]] = (FACTS, ()),
) -> None:
    """A body, and these rows with it."""
    async with store.database.writer.begin() as connection:
        together = Together(connection)
        together.add(BODIES, [("a", "x", store.now(), b"1")])
        together.add(bulk, rows)
        together.claim(*claimed)
        await together.write()


async def test_one_part_that_fails_undoes_them_all(store: SqlStore) -> None:
    with pytest.raises(DBAPIError):
        await write(store, FACTS, [("size", "large"), ("size", "small")])

    assert await bodies(store) == 0


async def test_who_claims_a_row_of_somebody_else_writes_nothing(store: SqlStore) -> None:
    kept = Bulk(t.facts, ("name", "value"), INSERT_NEW)
    async with store.database.writer.begin() as connection:
        await FACTS(connection, [("colour", "red")])

    with pytest.raises(Contended):
        await write(store, claimed=(kept, [("shape", "round"), ("colour", "blue")]))

    assert await bodies(store) == 0
    assert [await fact(store, name) for name in ("colour", "shape")] == ["red", None]


async def break_off(store: SqlStore) -> None:
    async with store.database.writer.begin() as connection:
        ((mine,),) = await fetch(connection, "SELECT pg_backend_pid()", ())
        async with store.database.writer.begin() as other:
            await other.execute(text(f"SELECT pg_terminate_backend({mine})"))
        await change(connection, "UPDATE facts SET value = value", ())


async def test_a_connection_that_broke_is_the_database_being_away_and_is_not_used_again(
    store: SqlStore,
) -> None:
    if store.database.is_sqlite:
        pytest.skip("there is no connection that could break")
    with pytest.raises(DBAPIError) as failed:
        await break_off(store)

    assert is_away(failed.value)
    async with store.database.writer.begin() as connection:
        await FACTS(connection, [("size", "large")])
    assert await fact(store, "size") == "large"
