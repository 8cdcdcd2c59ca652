"""A statement straight to the driver, for the path of a busy intake.

It spares what SQLAlchemy does for every statement: a cursor's adapter, a result, its metadata.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection


async def fetch(
    connection: AsyncConnection, statement: str, values: tuple[Any, ...]
) -> Sequence[Sequence[Any]]:
    """The rows, as the driver gives them; a thousand at most on SQLite."""
    if connection.dialect.name == "sqlite":
        return (await _on_sqlite(connection, statement, values))[1]
    return (await connection.exec_driver_sql(statement, values)).fetchall()


async def change(connection: AsyncConnection, statement: str, values: tuple[Any, ...]) -> int:
    """Executes it; how many rows it inserted, updated or deleted."""
    if connection.dialect.name == "sqlite":
        return (await _on_sqlite(connection, statement, values))[0].rowcount
    return (await connection.exec_driver_sql(statement, values)).rowcount


async def _on_sqlite(
    connection: AsyncConnection, statement: str, values: tuple[Any, ...]
) -> tuple[sqlite3.Cursor, Sequence[Any]]:
    """Errors are those SQLAlchemy would raise, without the values: they are whole payloads."""
    driver: Any = (await connection.get_raw_connection()).driver_connection
    try:
        return await driver.run(sqlite3.Connection.execute, statement, values)  # type: ignore[no-any-return]
    except sqlite3.Error as wrong:
        raise DBAPIError.instance(statement, None, wrong, sqlite3.Error) from wrong
