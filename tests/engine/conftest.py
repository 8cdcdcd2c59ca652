"""Worlds to try things in; see world.py."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
import structlog

from bot.domain.policy import Policies
from storage.database import Database, open_database
from storage.store import SqlStore
from tests.databases import seeded_randomness
from tests.engine.world import World
from tests.fakes.clock import FakeClock
from tests.fakes.policies import company

MakeWorld = Callable[..., Any]


@pytest.fixture(scope="session", autouse=True)
def _plain_logs() -> None:
    """Tracebacks with every local variable take seconds to print."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])


@pytest.fixture
async def world(sqlite_store: SqlStore, clock: FakeClock) -> AsyncIterator[World]:
    """The shipped policies and a small company, on SQLite."""
    async with World(sqlite_store, clock) as made:
        yield made


@pytest.fixture
async def both_worlds(store: SqlStore, clock: FakeClock) -> AsyncIterator[World]:
    """The same; the test runs twice, once on each database."""
    async with World(store, clock) as made:
        yield made


@pytest.fixture
async def make_world(sqlite_store: SqlStore, clock: FakeClock) -> AsyncIterator[MakeWorld]:
    """`await make_world(policies=…)`: a world with rules of the test's own, on SQLite."""
    async with AsyncExitStack() as stack:

        async def make(**said: Any) -> World:
            return await stack.enter_async_context(World(sqlite_store, clock, **said))

        yield make


DC = company(inhibitions={"dc": {"source": {"what": "dc"}, "target": {"severity": "warning"}}})


async def replica(
    stack: AsyncExitStack, url: str, clock: FakeClock, seed: int, policies: Policies | None = None
) -> World:
    opened = open_database(url)
    stack.push_async_callback(opened.close)
    store = SqlStore(opened, clock, randomness=seeded_randomness(seed), replica=f"r{seed}")
    return await stack.enter_async_context(World(store, clock, policies=policies))


@pytest.fixture
async def replicas(database: Database, clock: FakeClock) -> AsyncIterator[list[World]]:
    """Two processes with the same database and the same time."""
    async with AsyncExitStack() as stack:
        yield [await replica(stack, database.url, clock, seed, DC) for seed in (1, 2)]
