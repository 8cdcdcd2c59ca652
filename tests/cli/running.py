"""What tests of the command line do behind its back."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from storage.clock import SystemClock
from storage.store import SqlStore
from tests.databases import opened

T = TypeVar("T")
Run = Callable[..., tuple[int, str, str]]
"""Runs `muster …` and gives (number, stdout, stderr)."""


def do(url: str, work: Callable[[SqlStore], Awaitable[T]]) -> T:
    async def whole() -> T:
        async with opened(url) as database:
            return await work(SqlStore(database, SystemClock()))

    return asyncio.run(whole())


def execute(url: str, statement: object) -> list[object]:
    async def run(store: SqlStore) -> list[object]:
        async with store.database.writer.begin() as connection:
            rows = await connection.execute(statement)  # type: ignore[call-overload]
            return list(rows.all()) if rows.returns_rows else []

    return do(url, run)
