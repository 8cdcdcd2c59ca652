"""The REST API: mostly on SQLite, and on both databases where the database decides."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database, open_database
from tests.api.house import House, open_house
from tests.databases import sqlite_url
from tests.fakes.clock import FakeClock


@pytest.fixture
async def house(sqlite_database: Database, clock: FakeClock) -> AsyncIterator[House]:
    async with open_house(sqlite_database, clock) as opened:
        yield opened


@pytest.fixture
async def both(database: Database, clock: FakeClock) -> AsyncIterator[House]:
    """Once on SQLite, once on PostgreSQL."""
    async with open_house(database, clock) as opened:
        yield opened


@pytest.fixture
def runner(sqlite_template: Path, tmp_path: Path) -> Iterator[Callable[[str, str, Any], int]]:
    """Calls the API from a test that is not asynchronous; the status of the answer."""
    shutil.copyfile(sqlite_template, tmp_path / "runner.db")
    with asyncio.Runner() as loop:
        database = open_database(sqlite_url(tmp_path / "runner.db"))
        opening = open_house(database, FakeClock())
        house = loop.run(opening.__aenter__())
        loop.run(house.declare())

        def call(method: str, path: str, body: Any) -> int:
            return loop.run(house.call(method, path, body)).status

        yield call
        loop.run(opening.__aexit__(None, None, None))
        loop.run(database.close())
