"""aiosqlite with one hop to its thread for each statement, instead of five.

Making a cursor, executing, fetching and closing each wait for the thread in turn, and BEGIN does
all of that again; on a busy loop the waiting costs more than the statement. Here a statement brings
its rows along, and BEGIN goes with the first statement that follows it.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, Self

import aiosqlite

FIRST: Final = 1_000
"""Rows that come with their statement; more of them come as they are asked for."""

STATEMENTS: Final = 512
"""How many a connection keeps parsed; those of many rows come in several lengths."""


class Cursor:
    """What SQLAlchemy asks of a cursor; the first rows are here when `execute` returns."""

    arraysize = 1

    def __init__(self, connection: "OneHop") -> None:
        self._connection = connection
        self._rows: deque[Any] = deque()
        self._more: sqlite3.Cursor | None = None
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Self:
        return await self._run(sqlite3.Connection.execute, sql, parameters)

    async def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> Self:
        return await self._run(sqlite3.Connection.executemany, sql, parameters)

    async def _run(self, how: Callable[..., sqlite3.Cursor], sql: str, values: Any) -> Self:
        done, rows = await self._connection.run(how, sql, values)
        self._rows, self._more = deque(rows), done if len(rows) == FIRST else None
        self.description = done.description
        self.rowcount, self.lastrowid = done.rowcount, done.lastrowid
        return self

    async def fetchone(self) -> Any:
        found = await self.fetchmany(1)
        return found[0] if found else None

    async def fetchmany(self, size: int = 1) -> Sequence[Any]:
        if len(self._rows) < size and self._more is not None:
            rows = await self._connection.fetch(self._more, max(size, FIRST))
            self._rows.extend(rows)
            self._more = self._more if rows else None
        return [self._rows.popleft() for _ in range(min(size, len(self._rows)))]

    async def fetchall(self) -> Sequence[Any]:
        rest = await self._connection.fetch(self._more) if self._more is not None else ()
        rows = [*self._rows, *rest]
        await self.close()
        return rows

    async def close(self) -> None:
        more, self._more = self._more, None
        self._rows.clear()
        if more is not None:
            await self._connection.finish(more)


class OneHop(aiosqlite.Connection):
    """A connection whose transactions are begun by `begin` and end by commit or rollback."""

    _begin = ""

    def begin(self, statement: str) -> None:
        """The next statement begins a transaction, by `BEGIN` or `BEGIN IMMEDIATE`."""
        self._begin = statement

    def cursor(self) -> Any:
        return Cursor(self)

    async def run(
        self, how: Callable[..., sqlite3.Cursor], sql: str, values: Any
    ) -> tuple[sqlite3.Cursor, Sequence[Any]]:
        """The cursor of an executed statement, and its first rows; all, where they are fewer."""

        def both() -> tuple[sqlite3.Cursor, Sequence[Any]]:
            cursor = how(self._conn, sql, values)
            return cursor, cursor.fetchmany(FIRST) if cursor.description else ()

        return await self._execute(both)  # type: ignore[no-any-return]

    async def fetch(self, cursor: sqlite3.Cursor, size: int | None = None) -> Sequence[Any]:
        """So many more rows, or all."""
        if size is None:
            return await self._execute(cursor.fetchall)  # type: ignore[no-any-return]
        return await self._execute(cursor.fetchmany, size)  # type: ignore[no-any-return]

    async def finish(self, cursor: sqlite3.Cursor) -> None:
        await self._execute(cursor.close)

    async def commit(self) -> None:
        if not self._never_begun():
            await super().commit()

    async def rollback(self) -> None:
        if not self._never_begun() and self.in_transaction:
            await super().rollback()

    def _never_begun(self) -> bool:
        waits, self._begin = bool(self._begin), ""
        return waits

    async def _execute(self, fn: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Every hop: https://github.com/omnilib/aiosqlite/blob/main/aiosqlite/core.py"""
        begin, self._begin = self._begin, ""
        if not begin:
            return await super()._execute(fn, *args, **named)  # type: ignore[no-untyped-call]

        def begun() -> Any:
            self._conn.execute(begin)
            return fn(*args, **named)

        return await super()._execute(begun)  # type: ignore[no-untyped-call]


def connect(database: str, **options: Any) -> OneHop:
    """SQLAlchemy's `async_creator_fn`; the options are those of sqlite3.connect."""
    options["cached_statements"] = STATEMENTS
    connection = OneHop(lambda: sqlite3.connect(database, **options), iter_chunk_size=64)
    connection._thread.daemon = True  # as SQLAlchemy does with aiosqlite's own
    return connection
