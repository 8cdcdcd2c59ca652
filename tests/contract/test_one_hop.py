"""SQLite through one hop for each statement: transactions begin, end and fail as they should."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from storage.database import Database
from storage.one_hop import FIRST
from tests.databases import opened, sqlite_url


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(sqlite_url(tmp_path / "hop.db")) as database:
        async with database.writer.begin() as connection:
            await connection.execute(text("CREATE TABLE said (n INTEGER PRIMARY KEY, what TEXT)"))
        yield database


async def say(connection: Any, n: int) -> None:
    await connection.execute(text("INSERT INTO said VALUES (:n, 'x')"), {"n": n})


async def heard(database: Database) -> list[int]:
    async with database.reading() as connection:
        return list((await connection.execute(text("SELECT n FROM said ORDER BY n"))).scalars())


def by_another(database: Database, *, wait: float = 0) -> sqlite3.Connection:
    return sqlite3.connect(str(database.writer.url.database), timeout=wait, isolation_level=None)


async def test_what_is_rolled_back_was_never_there(database: Database) -> None:
    async with database.writer.connect() as connection:
        async with connection.begin() as transaction:
            await say(connection, 1)
            await transaction.rollback()
        async with connection.begin():
            await say(connection, 2)
    assert await heard(database) == [2]


async def test_a_failing_statement_leaves_no_transaction_behind(database: Database) -> None:
    async def twice() -> None:
        async with database.writer.begin() as connection:
            await say(connection, 1)
            await say(connection, 1)

    with pytest.raises(IntegrityError):
        await twice()
    assert await heard(database) == []
    async with database.writer.begin() as connection:
        await say(connection, 3)
    assert await heard(database) == [3]


async def test_the_first_statement_of_a_writer_takes_the_lock(database: Database) -> None:
    other = by_another(database)
    async with database.writer.begin() as connection:
        await connection.execute(text("SELECT 1"))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.execute("ROLLBACK")
    other.close()


async def test_a_writer_that_said_nothing_holds_nothing(database: Database) -> None:
    other = by_another(database)
    async with database.writer.begin():
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    other.close()


async def test_a_lock_that_is_not_to_be_had_is_an_error_of_the_database(
    database: Database,
) -> None:
    other = by_another(database)
    async with database.writer.begin() as connection:
        await connection.execute(text("PRAGMA busy_timeout=1"))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        async with database.writer.begin() as connection:
            await say(connection, 4)
    other.execute("ROLLBACK")
    other.close()
    async with database.writer.begin() as connection:
        await say(connection, 5)
    assert await heard(database) == [5]


async def test_a_reader_sees_one_moment(database: Database) -> None:
    async with database.reading() as connection:
        before = (await connection.execute(text("SELECT count(*) FROM said"))).scalar_one()
        async with database.writer.begin() as writer:
            await say(writer, 6)
        after = (await connection.execute(text("SELECT count(*) FROM said"))).scalar_one()
    assert (before, after) == (0, 0)
    assert await heard(database) == [6]


@pytest.mark.parametrize("many", [0, 1, FIRST - 1, FIRST, FIRST + 1, 3 * FIRST + 7])
async def test_all_rows_come_at_once_and_one_by_one(database: Database, many: int) -> None:
    async with database.writer.begin() as connection:
        for n in range(many):
            await say(connection, n)
    assert await heard(database) == list(range(many))
    async with database.reading() as connection:
        stream = await connection.stream(text("SELECT n FROM said ORDER BY n"))
        assert [row.n async for row in stream] == list(range(many))
    async with database.reading() as connection:  # who stops in the middle leaves nothing open
        stream = await connection.stream(text("SELECT n FROM said ORDER BY n"))
        await stream.first()
    async with database.writer.begin() as connection:
        await connection.execute(text("DROP TABLE said"))
