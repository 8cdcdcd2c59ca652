"""Backups of PostgreSQL, by the server's own pg_dump and pg_restore."""

import asyncio
import shutil
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.engine import make_url

from bot.domain.errors import ConfigError
from storage.backup import becoming, must_be_new, must_be_there
from storage.database import Database
from storage.facts import set_fact
from storage.hold import HOLD, hold_fact

_OTHERS: Final = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def can_dump() -> bool:
    """Whether pg_dump is at hand."""
    return shutil.which("pg_dump") is not None


async def backup_postgres(url: str, target: Path) -> None:
    """Writes a dump in pg_dump's own format.

    Raises:
        ConfigError: there is no pg_dump, the target exists, or pg_dump says why.
    """
    must_be_new(target)
    with becoming(target) as part:
        await _run(url, "pg_dump", "--format=custom", f"--file={part}")


async def restore_postgres(database: Database, file: Path, now: datetime) -> None:
    """Puts a dump in the place of what is there, whole or not at all, and holds.

    Raises:
        ConfigError: somebody is connected, there is no such file, or pg_restore says why.
    """
    must_be_there(file)
    await refuse_company(database)
    if "alembic_version" not in await _run(None, "pg_restore", "--list", str(file)):
        raise ConfigError(f"{file} is no dump of Muster.")
    await _run(
        database.url,
        "pg_restore",
        "--clean",
        "--if-exists",
        "--no-owner",
        "--single-transaction",
        str(file),
    )
    async with database.writer.begin() as connection:
        await set_fact(
            connection, HOLD, hold_fact(on=True, why=f"restored from {file.name}", since=now)
        )


async def refuse_company(database: Database) -> None:
    """
    Raises:
        ConfigError: somebody else is connected to the database, so a server may run.
    """
    async with database.reader.connect() as connection:
        others = int((await connection.execute(_OTHERS)).scalar_one())
    await database.close()  # we are not to be company ourselves
    if others:
        raise ConfigError(f"{others} others are connected to the database; stop Muster first.")


async def _run(url: str | None, program: str, *arguments: str) -> str:
    """What the program prints.

    Raises:
        ConfigError: it is not here, or fails.
    """
    path = shutil.which(program)
    if path is None:
        raise ConfigError(f"There is no {program} here; install PostgreSQL's client programs.")
    with _address(url) as address:
        process = await asyncio.create_subprocess_exec(
            path, *address, *arguments, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
        )
        said, complaint = await process.communicate()
    if process.returncode:
        raise ConfigError(f"{program} failed: {complaint.decode(errors='replace').strip()}")
    return said.decode(errors="replace")


@contextmanager
def _address(address: str | None) -> Iterator[list[str]]:
    """The argument that names the database, as libpq reads it.

    The password is in a private file, since command lines are for everybody to see:
    https://www.postgresql.org/docs/current/libpq-pgpass.html
    """
    if address is None:
        yield []
        return
    url = make_url(address)
    query = {("sslmode" if key == "ssl" else key): value for key, value in url.query.items()}
    plain = url.set(drivername="postgresql", password=None, query=query)
    with tempfile.NamedTemporaryFile("w", prefix="muster-", encoding="utf-8") as file:
        if url.password is not None:
            escaped = str(url.password).replace("\\", "\\\\").replace(":", "\\:")
            file.write(f"*:*:*:*:{escaped}\n")
            file.flush()
            plain = plain.update_query_dict({"passfile": file.name})
        yield [f"--dbname={plain.render_as_string(hide_password=False)}"]
