"""Reading the whole record while others write: everything as of one moment, row by row."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy import Row, Select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database

AT_A_TIME: Final = 500
"""Rows held in memory."""


@asynccontextmanager
async def snapshot(database: Database) -> AsyncIterator[AsyncConnection]:
    """A connection whose reads all see the same moment.

    Raises:
        Overloaded: the database is away.
    """
    async with database.reading() as connection:
        if not database.is_sqlite:  # SQLite's transactions are so by themselves
            await connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        yield connection


async def rows_of(
    connection: AsyncConnection, statement: Select[*tuple[Any, ...]]
) -> AsyncIterator[Row[*tuple[Any, ...]]]:
    """The rows, read as they are asked for."""
    async with connection.stream(statement.execution_options(yield_per=AT_A_TIME)) as rows:
        async for row in rows:
            yield row
