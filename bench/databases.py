"""Empty databases for a bench, dropped afterwards."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from bench.servers import Unavailable

SERVER: Final = "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres"


def sqlite(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


@contextmanager
def postgres(name: str) -> Iterator[str]:
    """A new database; its address, as asyncpg reads it.

    Raises:
        Unavailable: there is no server (MUSTER_TEST_POSTGRES_URL).
    """
    said = os.environ.get("MUSTER_TEST_POSTGRES_URL") or SERVER
    admin = said.replace("+asyncpg", "", 1)
    name = f"muster_bench_{name}_{os.getpid()}"
    try:
        asyncio.run(_run(admin, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"'))
    except (OSError, asyncpg.PostgresError) as away:
        raise Unavailable(f"no PostgreSQL (MUSTER_TEST_POSTGRES_URL): {away}") from None
    try:
        yield urlunsplit(urlsplit(admin)._replace(path=f"/{name}"))
    finally:
        asyncio.run(_run(admin, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


def for_muster(url: str) -> str:
    return url.replace("postgresql:", "postgresql+asyncpg:", 1)


async def _run(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url, timeout=5)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
