"""A copied database pages nobody, and one process at a time serves an SQLite file."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot.domain.errors import ConfigError
from bot.domain.people import Actor
from storage import tables as t
from storage.facts import get_fact, set_fact
from storage.hold import is_held, read_hold, set_hold
from storage.instance import ANOTHER, claim_instance, lock_database, server_of
from storage.store import SqlStore
from tests.databases import opened, sqlite_url
from tests.fakes.clock import FakeClock


async def test_facts_are_kept_and_replaced(store: SqlStore) -> None:
    async with store.database.writer.begin() as connection:
        assert await get_fact(connection, "answer") is None
        await set_fact(connection, "answer", {"a": [1, None]})
        await set_fact(connection, "answer", "42")
        assert await get_fact(connection, "answer") == "42"


# hold


async def test_hold_says_why_and_since_when(store: SqlStore, clock: FakeClock) -> None:
    assert not await is_held(store.database)
    ann = Actor(id="ann", name="Ann")
    assert await set_hold(store, on=True, why="moving house", by=ann)
    assert not await set_hold(store, on=True, why="again")
    async with store.reading() as connection:
        held = await read_hold(connection)
        (entry,) = (await connection.execute(select(t.entries))).all()
    assert (held.on, held.why, held.since) == (True, "moving house", clock.now())
    assert (entry.actor_id, entry.stream) == ("ann", "system:main")
    assert await set_hold(store, on=False)
    assert not await is_held(store.database)


# instances


async def test_a_database_stays_with_its_instance(store: SqlStore) -> None:
    assert [await claim_instance(store) for _ in range(2)] == [False, False]
    assert not await is_held(store.database)


async def test_a_copy_elsewhere_begins_on_hold(
    sqlite_store: SqlStore, clock: FakeClock, tmp_path: Path
) -> None:
    await claim_instance(sqlite_store)
    staging = tmp_path / "staging"
    staging.mkdir()
    async with sqlite_store.database.writer.connect() as connection:
        await connection.execute(text("COMMIT"))
        await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(tmp_path / "muster.db", staging / "muster.db")
    async with opened(sqlite_url(staging / "muster.db")) as database:
        copy = SqlStore(database, clock)
        assert await claim_instance(copy)
        async with database.reading() as connection:
            assert (await read_hold(connection)).why == ANOTHER
        assert not await claim_instance(copy)
        await set_hold(copy, on=False)
        assert not await claim_instance(copy)
        assert not await is_held(database)
    assert not await is_held(sqlite_store.database)


async def test_a_dump_on_another_server_begins_on_hold(store: SqlStore) -> None:
    async with store.database.writer.begin() as connection:
        await set_fact(connection, "instance", "7312:16384:muster")
    assert await claim_instance(store)
    assert await is_held(store.database)


# the lock


def test_one_process_serves_a_database(tmp_path: Path) -> None:
    path = tmp_path / "var" / "muster.db"
    holding = f"""
import sys, pathlib
from storage.instance import lock_database
with lock_database(pathlib.Path({str(path)!r})):
    print("held", flush=True)
    sys.stdin.read()
"""
    assert server_of(path) is None
    with subprocess.Popen(
        [sys.executable, "-c", holding], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "held\n"
        assert server_of(path) == server.pid
        with pytest.raises(ConfigError, match=f"runs on .*muster.db as process {server.pid}; stop"):
            lock_database(path)
        server.kill()
    assert server_of(path) is None
    lock_database(path).close()
    with lock_database(path):
        assert server_of(path) is not None
    assert server_of(path) is None
