"""Many rows in one statement: they arrive as they were, or are refused; none is cut short."""

from collections.abc import Sequence
from typing import Any, Final

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from storage import tables as t
from storage.bulk import INSERT_NEW, PARAMETERS, Bulk
from storage.store import SqlStore

BODIES: Final = Bulk(t.raw_bodies, ("id", "source", "received_at", "body"), INSERT_NEW)


async def write(store: SqlStore, rows: Sequence[Sequence[Any]]) -> int:
    async with store.database.writer.begin() as connection:
        return await BODIES(connection, rows)


async def count(store: SqlStore) -> int:
    async with store.reading() as connection:
        found = await connection.execute(select(func.count()).select_from(t.raw_bodies))
        return int(found.scalar_one())


@pytest.mark.parametrize(
    "many", [1, 2, 3, 63, 64, 65, PARAMETERS // 4 + 1, 2 * PARAMETERS // 4 + 3]
)
async def test_every_row_arrives_once_whatever_their_number(store: SqlStore, many: int) -> None:
    now = store.now()
    rows = [(f"{n:06}", "x", now, f"body {n}\0".encode()) for n in range(many)]
    assert await write(store, rows) == many
    assert await count(store) == many
    async with store.reading() as connection:
        kept = await connection.execute(
            select(t.raw_bodies.c.id, t.raw_bodies.c.received_at, t.raw_bodies.c.body)
        )
        assert sorted(map(tuple, kept)) == [(id, at, body) for id, _, at, body in rows]


async def test_rows_that_are_there_are_not_counted(store: SqlStore) -> None:
    now = store.now()
    await write(store, [("a", "x", now, b"1"), ("b", "x", now, b"2")])
    assert await write(store, [("b", "x", now, b"3"), ("c", "x", now, b"4")]) == 1
    assert await count(store) == 3


async def test_a_text_that_is_too_long_for_postgresql_is_refused_not_cut(store: SqlStore) -> None:
    longest = t.raw_bodies.c.id.type.length
    row = ("x" * (longest + 1), "x", store.now(), b"")
    if store.database.is_sqlite:  # it knows no lengths
        assert await write(store, [row]) == 1
        return
    with pytest.raises(DBAPIError, match="too long"):
        await write(store, [row])
    assert await count(store) == 0
