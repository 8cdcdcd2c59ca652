"""What most verbs begin with: the settings, and a store on a database that was checked."""

import asyncio
import os
import pwd
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final, TypeVar

import structlog

from bot.domain.entry import ActorType
from bot.domain.errors import ConfigError
from bot.domain.people import Actor, Right
from config.settings import Settings, load_settings
from storage.away import Reach
from storage.clock import SystemClock
from storage.database import Database, open_database
from storage.instance import server_of
from storage.schema import check
from storage.store import SqlStore

T = TypeVar("T")

REPLICA: Final = "cli"
"""The command line keeps a record of its own: `system:cli`."""


def operator() -> Actor:
    """Whoever has a shell on this machine, by the name of their account."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user need not have a name
        name = str(os.getuid())
    return Actor(
        id=f"cli:{name}",
        name=name,
        type=ActorType.SYSTEM,
        right=Right.ADMIN,
        origin={"platform": "cli"},
    )


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[SqlStore]:
    """
    Raises:
        ConfigError: the database is missing, or has another schema.
    """
    async with any_database(settings) as database:
        await check(database)
        store = SqlStore(database, SystemClock(), replica=REPLICA)
        await store.catch_up()
        yield store


@asynccontextmanager
async def any_database(settings: Settings) -> AsyncIterator[Database]:
    """The database, whatever its schema."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    database = replace(open_database(settings.database_url), reach=Reach(aloud=False))
    try:
        yield database
    finally:
        await database.close()


def is_served(settings: Settings) -> bool:
    """Whether a server may be running on the database."""
    if settings.database_path is None:
        return True
    try:
        return server_of(settings.database_path) is not None
    except ConfigError:  # it is, from another container
        return True


def with_store(environment: Mapping[str, str], work: Callable[[SqlStore], Awaitable[T]]) -> T:
    """Does something with the store that the environment names."""

    async def whole() -> T:
        async with opened(load_settings(environment)) as store:
            return await work(store)

    return asyncio.run(whole())
