"""Databases for tests: made once per worker, given out empty.

SQLite is a file copied from a template. PostgreSQL is one database per worker, emptied between
tests; it is skipped where no server answers, except in CI, where that is a failure.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import asyncpg
import pytest
from sqlalchemy.engine import URL, make_url

from storage.database import Database, open_database
from storage.schema import upgrade

DEFAULT: Final = "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres"
T = TypeVar("T")


def server() -> URL:
    """Where PostgreSQL is, for tests."""
    return make_url(os.environ.get("MUSTER_TEST_POSTGRES_URL") or DEFAULT)


def sqlite_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """The database, closed again whatever happens."""
    database = open_database(url)
    try:
        yield database
    finally:
        await database.close()


def seeded_randomness(seed: int = 7) -> Callable[[], str]:
    """20 hex digits at a time, the same in every run."""
    source = random.Random(seed)
    return lambda: source.randbytes(10).hex()


@contextmanager
def postgres_database(name: str) -> Iterator[str]:
    """A new database with our schema, dropped afterwards; its address.

    Where there is no server the test is skipped, or fails if CI is set.
    """
    try:
        at_server(lambda connection: connection.execute(f'CREATE DATABASE "{name}"'))
    except (OSError, asyncpg.PostgresError) as away:
        why = f"no PostgreSQL at {server().render_as_string()} (MUSTER_TEST_POSTGRES_URL): {away}"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    try:
        # tests ask what was written, not whether it survives a power cut
        at_server(lambda c: c.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
        yield server().set(database=name).render_as_string(hide_password=False)
    finally:
        at_server(lambda c: c.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


def at_server(work: Callable[[Any], Awaitable[T]], database: str | None = None) -> T:
    """Does something as the server's administrator, in one of its databases."""

    async def connected() -> T:
        url = server()
        connection = await asyncpg.connect(
            host=url.host,
            port=url.port,
            user=url.username,
            password=url.password,
            database=database or url.database,
            timeout=5,
        )
        try:
            return await work(connection)
        finally:
            await connection.close()

    return asyncio.run(connected())


def make_schema(url: str) -> None:
    """Every table, as the migrations make them."""
    asyncio.run(upgrade(url))


EMPTY: Final = """
DO $$
DECLARE
  name text;
  found boolean;
  full_ones text[] := '{}';
BEGIN
  FOR name IN SELECT quote_ident(tablename) FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
  LOOP
    EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO found;
    IF found THEN full_ones := full_ones || name; END IF;
  END LOOP;
  IF full_ones <> '{}' THEN
    EXECUTE 'TRUNCATE ' || array_to_string(full_ones, ', ');
  END IF;
  PERFORM setval(quote_ident(sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""
"""Truncates what holds rows (truncating all forty tables takes longer than most tests)."""
