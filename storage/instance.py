"""Which installation a database belongs to, and which process serves it.

A copy of a database must page nobody: what a database says of its instance is compared with what
stands beside it (SQLite) or with the server it is on (PostgreSQL). A restored dump and a copied
file differ; a copy of the whole folder or of the whole server does not.
"""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import ConfigError
from storage.database import sqlite_path
from storage.facts import get_fact, set_fact
from storage.hold import put_hold
from storage.store import SqlStore
from storage.units import SqlUnit
from storage.writing import write

INSTANCE: Final = "instance"
ANOTHER: Final = "this database was recorded by another instance"

_SERVER: Final = text(
    "SELECT system_identifier || ':' || oid || ':' || datname"
    " FROM pg_control_system(), pg_database WHERE datname = current_database()"
)


async def claim_instance(store: SqlStore) -> bool:
    """Makes the database ours; True where it was another instance's, and is on hold from now on."""
    path = sqlite_path(store.database.url)

    async def claim(unit: SqlUnit) -> bool:
        here = (
            _beside(path, unit.ledger.randomness())
            if path is not None
            else await _of_server(unit.connection)
        )
        recorded = await get_fact(unit.connection, INSTANCE)
        if recorded == here:
            return False
        await set_fact(unit.connection, INSTANCE, here)
        if recorded is None:
            return False
        await put_hold(unit, on=True, why=ANOTHER)
        return True

    return await write(store, claim)


async def _of_server(connection: AsyncConnection) -> str:
    return str((await connection.execute(_SERVER)).scalar_one())


def _beside(database: Path, fresh: str) -> str:
    """The id in `<database>.instance`, which is written where it is missing."""
    file = database.with_name(f"{database.name}.instance")
    try:
        said = file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        said = ""
    if not said:
        file.write_text(f"{fresh}\n", encoding="ascii")
    return said or fresh


class DatabaseLock:
    """Held by the process that serves an SQLite database; the system drops it when that ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def close(self) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> "DatabaseLock":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        wrong: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


LOOKS: Final = 5
"""Somebody who only asks who serves holds the lock for an instant, so look again."""


def lock_database(path: Path) -> DatabaseLock:
    """Takes `<database>.lock` for this process, and writes its process id into it.

    Raises:
        ConfigError: a server runs on this database, and its process is named; or its folder
            cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(_lock_of(path), os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as wrong:
        raise ConfigError(
            f"The database {path} cannot be kept there: {wrong.filename}: {wrong.strerror}. Let "
            "this user write in its folder, or name another file in MUSTER_DATABASE_URL."
        ) from wrong
    for look in range(LOOKS):
        if _lock(descriptor, fcntl.LOCK_EX):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()} {_processes()}\n".encode(), 0)
            return DatabaseLock(descriptor)
        if look + 1 < LOOKS:
            time.sleep(0.02)
    process, _ = _holder(descriptor)
    os.close(descriptor)
    raise ConfigError(f"Muster runs on {path} as process {process or '?'}; stop it first.")


def server_of(path: Path) -> int | None:
    """The process id of the server that runs on this SQLite database, if one does.

    Raises:
        ConfigError: it runs in another container, where the id means something else.
    """
    try:
        descriptor = os.open(_lock_of(path), os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        if _lock(descriptor, fcntl.LOCK_SH):
            return None
        process, where = _holder(descriptor)
    finally:
        os.close(descriptor)
    if where != _processes():
        raise ConfigError(f"The server on {path} runs in another container; do this there.")
    return process


def _holder(descriptor: int) -> tuple[int | None, str]:
    """(process id, where it is one) as the lock's holder wrote them."""
    process, _, where = os.pread(descriptor, 100, 0).decode().strip().partition(" ")
    return (int(process) if process.isdigit() else None), where


def _processes() -> str:
    """Names the space that process ids are from: each container has its own."""
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""


def _lock_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


def _lock(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
