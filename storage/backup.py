"""Copies of the database that are whole, and putting one back in its place."""

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import orjson

from bot.domain.errors import ConfigError
from storage.hold import HOLD, hold_fact
from storage.instance import lock_database
from storage.schema import REVISIONS, newer

_REVISION: Final = "SELECT version_num FROM alembic_version"
_HOLD: Final = (
    "INSERT INTO facts(tenant, name, value) VALUES ('default', ?, ?)"
    " ON CONFLICT(tenant, name) DO UPDATE SET value = excluded.value"
)


def stamp(now: datetime) -> str:
    """`20260105T090000Z`"""
    return f"{now:%Y%m%dT%H%M%SZ}"


async def backup_sqlite(database: Path, target: Path) -> None:
    """Copies the database as of one moment, also while a server writes to it.

    Raises:
        ConfigError: there is no database, or the target exists.
    """
    await asyncio.to_thread(_backup, database, target)


def _backup(database: Path, target: Path) -> None:
    if not database.exists():
        raise ConfigError(f"There is no database {database}.")
    must_be_new(target)
    with becoming(target) as part:
        _copy(database, part)


def must_be_new(target: Path) -> None:
    if target.exists():
        raise ConfigError(f"{target} exists; name another file.")


def must_be_there(file: Path) -> None:
    if not file.is_file():
        raise ConfigError(f"There is no file {file}.")


@contextmanager
def becoming(target: Path) -> Iterator[Path]:
    """A private file beside the target that takes its name once it is whole and on the disk.

    Raises:
        ConfigError: nothing can be written there.
    """
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as wrong:
        raise ConfigError(f"{target} cannot be written: {wrong.strerror}.") from wrong
    try:
        yield part
        _sync(part)
        os.replace(part, target)
        _sync(target.parent)
    finally:
        part.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy(source: Path, target: Path) -> None:
    """By SQLite's own online backup, which takes what is still in the log along.

    https://www.sqlite.org/backup.html
    """
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as reading,
            closing(sqlite3.connect(target)) as writing,
        ):
            reading.backup(writing)
            writing.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
    except sqlite3.Error as wrong:
        raise ConfigError(f"{source} cannot be copied: {wrong}.") from wrong


async def restore_sqlite(file: Path, database: Path, now: datetime) -> Path | None:
    """Puts a backup in the place of the database, on hold; the old one is kept beside it.

    Returns where the old database is now; None where there was none.

    Raises:
        ConfigError: a server runs, or the file is no whole database of Muster, or of a newer one.
    """
    return await asyncio.to_thread(_restore, file, database, now)


def _restore(file: Path, database: Path, now: datetime) -> Path | None:
    must_be_there(file)
    with lock_database(database), becoming(database) as part:
        _copy(file, part)
        _check(part, file)
        _hold(part, file, now)
        return _set_aside(database, now)


def _check(part: Path, file: Path) -> None:
    """Raises ConfigError: damaged, not Muster's, or newer."""
    try:
        with closing(sqlite3.connect(part)) as connection:
            said = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
            revision = str(connection.execute(_REVISION).fetchone()[0]) if said == ["ok"] else ""
    except (sqlite3.Error, TypeError) as wrong:
        raise ConfigError(f"{file} is no database of Muster.") from wrong
    if said != ["ok"]:
        raise ConfigError(f"{file} is damaged: {'; '.join(said)}.")
    if revision not in REVISIONS:
        raise ConfigError(newer(str(file), revision))


def _hold(part: Path, file: Path, now: datetime) -> None:
    fact = hold_fact(on=True, why=f"restored from {file.name}", since=now)
    with closing(sqlite3.connect(part)) as connection, connection:
        connection.execute(_HOLD, (HOLD, orjson.dumps(fact).decode()))


def _set_aside(database: Path, now: datetime) -> Path | None:
    """Renames the old database; its log must not be left beside the new one."""
    if not database.exists():
        return None
    aside = database.with_name(f"{database.name}.replaced-{stamp(now)}")
    try:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")  # takes the log in
    except sqlite3.Error:
        pass  # it is damaged, and its log goes with it as it is
    for ending in ("-wal", "-shm", ""):
        with_ending = database.with_name(database.name + ending)
        if with_ending.exists():
            os.replace(with_ending, aside.with_name(aside.name + ending))
    return aside
