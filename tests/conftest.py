"""What most tests stand on: a clock, an empty database of either kind, a store over it."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TextIO, cast

import pytest
import structlog
from sqlalchemy.engine import make_url

from bot.telemetry import Stderr
from storage.database import Database
from storage.store import SqlStore
from tests.databases import (
    EMPTY,
    at_server,
    make_schema,
    opened,
    postgres_database,
    seeded_randomness,
    sqlite_url,
)
from tests.fakes.clock import FakeClock

BOTH = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgres),
]


@pytest.fixture(autouse=True)
def _logs_follow_stderr() -> None:
    """A logger made in one test must not write into the closed stream of that test in another."""
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", Stderr())),
        cache_logger_on_first_use=False,
    )


PARITY = "test_whatever_works_in_slack_works_in_teams_and_in_the_browser"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The parity table is printed by whatever run made it; a failed one has it in its report."""
    for report in terminalreporter.stats.get("passed", ()):
        if report.nodeid.endswith(PARITY):
            terminalreporter.section("parity")
            terminalreporter.write_line(report.capstdout)


@pytest.fixture
def clock() -> FakeClock:
    """Monday 2026-01-05 09:00 UTC until the test moves it."""
    return FakeClock()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with our schema and nothing in it; copy it."""
    path = tmp_path_factory.mktemp("template") / "muster.db"
    make_schema(sqlite_url(path))
    return path


@pytest.fixture(scope="session")
def postgres_url(worker_id: str) -> Iterator[str]:
    """This worker's own database on the PostgreSQL server, with our schema."""
    with postgres_database(f"muster_test_{worker_id}_{os.getpid()}") as url:
        make_schema(url)
        yield url


@pytest.fixture(params=BOTH)
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database with our schema: once on SQLite, once on PostgreSQL."""
    if dialect == "postgresql":
        url = str(request.getfixturevalue("postgres_url"))
        at_server(lambda connection: connection.execute(EMPTY), make_url(url).database)
        return url
    shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "muster.db")
    return sqlite_url(tmp_path / "muster.db")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The same, opened. The test runs twice, once on each."""
    async with opened(database_url) as database:
        yield database


@pytest.fixture
async def sqlite_database(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """For tests that do not care which database it is."""
    shutil.copyfile(sqlite_template, tmp_path / "muster.db")
    async with opened(sqlite_url(tmp_path / "muster.db")) as database:
        yield database


@pytest.fixture
def store(database: Database, clock: FakeClock) -> SqlStore:
    """A store on each database, with the test's clock and the same randomness in every run."""
    return SqlStore(database, clock, randomness=seeded_randomness())


@pytest.fixture
def sqlite_store(sqlite_database: Database, clock: FakeClock) -> SqlStore:
    return SqlStore(sqlite_database, clock, randomness=seeded_randomness())
