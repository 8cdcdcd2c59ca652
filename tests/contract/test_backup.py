"""A backup is whole, and what is restored from it begins on hold."""

import os
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.domain.errors import ConfigError
from storage import schema
from storage.backup import backup_sqlite, restore_sqlite
from storage.backup_postgres import backup_postgres, can_dump, restore_postgres
from storage.database import Database
from storage.hold import is_held, read_hold
from storage.instance import lock_database
from storage.replay import replay
from storage.store import SqlStore
from tests.databases import opened, sqlite_url
from tests.fakes.clock import FakeClock
from tests.records import open_incident


async def titles(database: Database) -> list[str]:
    async with database.reading() as connection:
        rows = await connection.execute(text("SELECT title FROM incidents ORDER BY number"))
        return list(rows.scalars())


async def test_a_backup_of_a_running_database_holds_what_was_committed(
    sqlite_store: SqlStore, tmp_path: Path, clock: FakeClock
) -> None:
    await open_incident(sqlite_store, "Before")
    target = tmp_path / "backups.db"
    await backup_sqlite(tmp_path / "muster.db", target)
    await open_incident(sqlite_store, "After")
    assert sorted(path.name for path in tmp_path.glob("backups*")) == ["backups.db"]
    assert target.stat().st_mode & 0o777 == 0o600
    async with opened(sqlite_url(target)) as copy:
        await schema.check(copy)
        assert await titles(copy) == ["Before"]
    with pytest.raises(ConfigError, match="exists; name another file"):
        await backup_sqlite(tmp_path / "muster.db", target)
    with pytest.raises(ConfigError, match="There is no database"):
        await backup_sqlite(tmp_path / "nothing.db", tmp_path / "x.db")
    with pytest.raises(ConfigError, match="cannot be written"):
        await backup_sqlite(tmp_path / "muster.db", tmp_path / "no" / "x.db")


async def test_a_restored_database_is_on_hold_and_the_old_one_is_kept(
    sqlite_store: SqlStore, tmp_path: Path, clock: FakeClock
) -> None:
    path, file = tmp_path / "muster.db", tmp_path / "backup.db"
    await open_incident(sqlite_store, "Before")
    await backup_sqlite(path, file)
    await open_incident(sqlite_store, "After")
    aside = await restore_sqlite(file, path, clock.now())
    assert aside == tmp_path / "muster.db.replaced-20260105T090000Z"
    assert not list(tmp_path.glob("*.part"))
    async with opened(sqlite_url(path)) as database:
        assert await titles(database) == ["Before"]
        assert [one async for one in replay(database)] == []
        async with database.reading() as connection:
            held = await read_hold(connection)
        assert (held.on, held.why, held.since) == (True, "restored from backup.db", clock.now())
    async with opened(sqlite_url(aside)) as database:
        assert await titles(database) == ["Before", "After"]


async def test_a_restore_may_be_the_first_database(
    sqlite_store: SqlStore, tmp_path: Path, clock: FakeClock
) -> None:
    await backup_sqlite(tmp_path / "muster.db", tmp_path / "backup.db")
    new = tmp_path / "new" / "muster.db"
    assert await restore_sqlite(tmp_path / "backup.db", new, clock.now()) is None
    async with opened(sqlite_url(new)) as database:
        await schema.check(database)


async def test_nothing_is_restored_under_a_running_server(
    sqlite_store: SqlStore, tmp_path: Path, clock: FakeClock
) -> None:
    await backup_sqlite(tmp_path / "muster.db", tmp_path / "backup.db")
    with (
        lock_database(tmp_path / "muster.db"),
        pytest.raises(ConfigError, match=f"runs on .* as process {os.getpid()}; stop it first"),
    ):
        await restore_sqlite(tmp_path / "backup.db", tmp_path / "muster.db", clock.now())


@pytest.mark.parametrize("what", ["text", "empty", "cut", "newer", "missing"])
async def test_what_is_no_good_backup_changes_nothing(
    sqlite_store: SqlStore, tmp_path: Path, clock: FakeClock, what: str
) -> None:
    path, file = tmp_path / "muster.db", tmp_path / "backup.db"
    await open_incident(sqlite_store, "Stays")
    await backup_sqlite(path, file)
    if what == "text":
        file.write_text("no database at all, only a file of some length\n" * 100)
    elif what == "empty":
        file.write_bytes(b"")
    elif what == "cut":
        whole = file.read_bytes()
        file.write_bytes(whole[: len(whole) // 2])
    elif what == "newer":
        async with opened(sqlite_url(file)) as database, database.writer.begin() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    else:
        file.unlink()
    said = {
        "text": "cannot be copied",
        "empty": "is no database of Muster",
        "cut": "is damaged|cannot be copied|no database",
        "newer": "does not know",
        "missing": "There is no file",
    }
    with pytest.raises(ConfigError, match=said[what]):
        await restore_sqlite(file, path, clock.now())
    assert await titles(sqlite_store.database) == ["Stays"]
    assert not list(tmp_path.glob("*.replaced*"))
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.postgres
@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_a_dump_comes_back_whole(store: SqlStore, tmp_path: Path, clock: FakeClock) -> None:
    if not can_dump():
        pytest.skip("no pg_dump here")
    database, file = store.database, tmp_path / "muster.dump"
    await open_incident(store, "Before")
    await backup_postgres(database.url, file)
    assert file.stat().st_mode & 0o777 == 0o600
    await open_incident(store, "After")
    async with opened(database.url) as server:
        assert await titles(server) == ["Before", "After"]
        with pytest.raises(ConfigError, match="1 others are connected"):
            await restore_postgres(database, file, clock.now())
    await restore_postgres(database, file, clock.now())
    assert await titles(database) == ["Before"]
    assert await is_held(database)
    with pytest.raises(ConfigError, match="pg_restore failed: "):
        await restore_postgres(database, Path(__file__), clock.now())
