"""A statement straight to the driver, for the path of a busy intake.

It spares what SQLAlchemy does for every statement: a greenlet, a cursor's adapter, a result, its
metadata. Transactions stay SQLAlchemy's: what is begun here, it commits.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")

Statement = tuple[str, tuple[Any, ...]]
"""As the driver takes it, and its values."""


async def fetch(
    connection: AsyncConnection, statement: str, values: tuple[Any, ...]
) -> Sequence[Sequence[Any]]:
    """The rows, as the driver gives them; a thousand at most on SQLite."""
    if connection.dialect.name == "sqlite":
        return (await _on_sqlite(connection, statement, values))[1]
    found: Sequence[Sequence[Any]] = await _on_postgres(
        connection, statement, lambda driver: driver.fetch(statement, *values)
    )
    return found


async def change(connection: AsyncConnection, statement: str, values: tuple[Any, ...]) -> int:
    """Executes it; how many rows it inserted, updated or deleted."""
    if connection.dialect.name == "sqlite":
        return (await _on_sqlite(connection, statement, values))[0].rowcount
    done: str = await _on_postgres(
        connection, statement, lambda driver: driver.execute(statement, *values)
    )
    return int(done.rsplit(" ", 1)[1])  # INSERT 0 7


async def change_all(connection: AsyncConnection, statements: Sequence[Statement]) -> list[int]:
    """Executes them one after the other; on SQLite in one hop to its thread.

    How many rows each of them inserted, updated or deleted.
    """
    if connection.dialect.name != "sqlite":
        return [await change(connection, statement, values) for statement, values in statements]
    counts: list[int] = []

    def execute(driver: sqlite3.Connection, first: str, values: tuple[Any, ...]) -> sqlite3.Cursor:
        done = driver.execute(first, values)
        counts.append(done.rowcount)
        for statement, more in statements[1:]:
            done = driver.execute(statement, more)
            counts.append(done.rowcount)
        return done

    if statements:
        await _on_sqlite(connection, *statements[0], how=execute)
    return counts


async def _on_sqlite(
    connection: AsyncConnection,
    statement: str,
    values: tuple[Any, ...],
    how: Callable[..., sqlite3.Cursor] = sqlite3.Connection.execute,
) -> tuple[sqlite3.Cursor, Sequence[Any]]:
    """Errors are those SQLAlchemy would raise, without the values: they are whole payloads."""
    driver: Any = (await connection.get_raw_connection()).driver_connection
    try:
        return await driver.run(how, statement, values)  # type: ignore[no-any-return]
    except sqlite3.Error as wrong:
        raise DBAPIError.instance(statement, None, wrong, sqlite3.Error) from wrong


async def _on_postgres(
    connection: AsyncConnection, statement: str, call: Callable[[Any], Awaitable[T]]
) -> T:
    """Begins as SQLAlchemy's adapter does before its first statement, and fails as it does:
    https://github.com/sqlalchemy/sqlalchemy/blob/main/lib/sqlalchemy/dialects/postgresql/asyncpg.py
    """
    held = await connection.get_raw_connection()
    adapter: Any = held.dbapi_connection
    driver: Any = held.driver_connection
    try:
        if adapter._transaction is None:
            await adapter._start_transaction()
        return await call(driver)
    except Exception as wrong:
        failed = _as_sqlalchemy(adapter, statement, wrong)
        if driver.is_closed():
            await connection.invalidate()
        raise failed from wrong


def _as_sqlalchemy(adapter: Any, statement: str, wrong: Exception) -> Exception:
    """The error in SQLAlchemy's words; one that is not of the database stays what it is."""
    try:
        adapter._handle_exception(wrong)
    except adapter.dbapi.Error as said:
        lost = adapter.driver_connection.is_closed()
        told: Any = DBAPIError.instance(
            statement, None, said, adapter.dbapi.Error, connection_invalidated=lost
        )
        return cast(Exception, told)
    except Exception as said:
        return said
    return wrong
