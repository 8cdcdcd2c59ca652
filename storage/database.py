"""Opening the database: one engine that writes, one that reads, and what each dialect needs."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from bot.domain.errors import Away
from storage import one_hop
from storage.away import Reach, is_away

POOL: Final = 16
"""Connections to PostgreSQL at most: one for each lane's work and the pages."""

ONCE: Final = {"once": True}
"""On SQLite such a connection begins nothing, and so has nothing to roll back."""

READERS: Final = 3
"""Connections that read SQLite beside the writer."""


def _dump(value: Any) -> str:
    return orjson.dumps(value).decode()


@dataclass(frozen=True, slots=True)
class Database:
    """`writer` begins transactions that write; `reader` only reads (the same one on PostgreSQL)."""

    url: str
    writer: AsyncEngine
    reader: AsyncEngine
    reach: Reach = field(default_factory=Reach)

    @property
    def is_sqlite(self) -> bool:
        return self.writer.dialect.name == "sqlite"

    @asynccontextmanager
    async def reading(self, *, once: bool = False) -> AsyncIterator[AsyncConnection]:
        """A connection that only reads; nothing it does is kept.

        `once`: a single statement, which sees one state of things without a transaction around it.

        Raises:
            Away: the database is.
        """
        engine = self.reader.execution_options(**ONCE) if once else self.reader
        with self.reached():
            async with engine.connect() as connection:
                yield connection

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Around whatever talks to the database. Raises Away: it is."""
        try:
            yield
        except Exception as wrong:
            if is_away(wrong):
                self.reach.lost(wrong)
                raise Away from wrong
            raise
        self.reach.found()

    def in_use(self) -> tuple[int, int]:
        """Connections in use now, and how many there are at most."""
        engines = {id(engine): engine for engine in (self.writer, self.reader)}.values()
        pools = [engine.pool for engine in engines if isinstance(engine.pool, QueuePool)]
        return sum(pool.checkedout() for pool in pools), sum(pool.size() for pool in pools)

    async def close(self) -> None:
        await self.writer.dispose()
        if self.reader is not self.writer:
            await self.reader.dispose()


def sqlite_path(url: str) -> Path | None:
    """The absolute file of an SQLite address; None for PostgreSQL."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database).absolute()


def open_database(url: str) -> Database:
    """Engines for `sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`; nothing connects yet."""
    shared: dict[str, Any] = {"json_serializer": _dump, "json_deserializer": orjson.loads}
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_async_engine(
            url,
            pool_size=POOL,
            max_overflow=0,
            pool_timeout=5,
            pool_use_lifo=True,  # few connections, whose statements stay prepared
            connect_args={"timeout": 5, "command_timeout": 30},
            **shared,
        )
        return Database(url, engine, engine)
    shared |= {"max_overflow": 0, "connect_args": {"async_creator_fn": one_hop.connect}}
    writer = create_async_engine(url, pool_size=1, **shared)
    reader = create_async_engine(url, pool_size=READERS, **shared)
    _prepare_sqlite(writer, begin="BEGIN IMMEDIATE")
    _prepare_sqlite(reader, begin="BEGIN")
    return Database(url, writer, reader)


def _prepare_sqlite(engine: AsyncEngine, *, begin: str) -> None:
    """WAL with a sync before every commit returns; transactions begin as we say.

    A read that turns into a write ignores busy_timeout, so the writer takes its lock at once:
    https://www.sqlite.org/lang_transaction.html
    """

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=5000",
            "foreign_keys=ON",
            "cache_size=-16000",
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def do_begin(connection: Any) -> None:
        if not connection.get_execution_options().get("once"):
            connection.connection.driver_connection.begin(begin)
