"""Which schema the database has, and how it gets the one this version needs.

Alembic is imported only where it migrates: a start merely compares two words.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import ConfigError, Overloaded
from storage import search
from storage.database import Database, open_database, sqlite_path
from storage.tables import metadata

if TYPE_CHECKING:
    from alembic.config import Config

REVISIONS: Final = ("0001",)
"""Every revision of storage/migrations/versions, oldest first."""

HEAD: Final = REVISIONS[-1]
EMPTY: Final = "base"
MIGRATIONS: Final = Path(__file__).parent / "migrations"

MIGRATING: Final = 0x6D757374
"""PostgreSQL's advisory lock under which one replica migrates and the others wait."""

NUMBERS: Final = "CREATE SEQUENCE incident_numbers"
"""PostgreSQL hands out incident numbers by this; SQLite counts in a row of `facts`."""


async def current(database: Database) -> str | None:
    """The revision of the database; None where Muster never made its tables there.

    Raises:
        ConfigError: the database cannot be reached.
    """
    path = sqlite_path(database.url)
    if path is not None and not path.exists():
        return None  # asking SQLite would make the file
    try:
        async with database.reading() as connection:
            return await connection.run_sync(_revision)
    except Exception as wrong:
        cause = wrong.__cause__ if isinstance(wrong, Overloaded) else wrong
        if not _is_refusal(cause):
            raise
        reason = cause.orig if isinstance(cause, DBAPIError) else cause
        raise ConfigError(f"The database {place(database)} cannot be used: {reason}") from wrong


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    said = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return str(said) if said else None


def _is_refusal(wrong: BaseException | None) -> bool:
    """SQLAlchemy hands on what asyncpg says where it cannot connect; that has an `sqlstate`."""
    return isinstance(wrong, DBAPIError | OSError) or hasattr(wrong, "sqlstate")


async def check(database: Database) -> None:
    """Passes if the database has the schema of this version.

    Raises:
        ConfigError: it is missing, older or newer, or cannot be reached; names the command.
    """
    _judge(await current(database), place(database))


def place(database: Database) -> str:
    """Where the database is, in words for people; without its password."""
    path = sqlite_path(database.url)
    return str(path) if path is not None else make_url(database.url).render_as_string()


def _judge(revision: str | None, where: str) -> None:
    if revision == HEAD:
        return
    if revision is None:
        raise ConfigError(
            f"There is no database of Muster at {where}. `muster init` begins anew; "
            "`muster db upgrade` makes an empty one."
        )
    if revision not in REVISIONS:
        raise ConfigError(newer(where, revision))
    raise ConfigError(
        f"The database {where} has the older schema {revision}; this version needs {HEAD}. "
        "Run `muster db upgrade`; it makes a backup first."
    )


def newer(where: str, revision: str) -> str:
    """Said of a database that a later version of Muster has migrated."""
    return (
        f"The database {where} has schema {revision}, which this version does not know. "
        f"Run the newer Muster, or there `muster db downgrade {HEAD}`."
    )


def make_room(path: Path) -> None:
    """An empty file where there is none, for its owner alone: private incidents will be in it.

    SQLite's journals take the rights of their database.

    Raises:
        ConfigError: its folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as wrong:
        raise ConfigError(f"{path} cannot be made: {wrong.strerror}.") from wrong


async def create_or_upgrade(database: Database) -> None:
    """Gives dev the schema without being asked.

    A fresh SQLite file is made straight from the tables and stamped, which is quicker than the
    migrations and the same (tests/contract/test_migrations.py).
    """
    revision = await current(database)
    if revision == HEAD:
        return
    path = sqlite_path(database.url)
    if revision is not None or path is None:
        await upgrade(database.url)
        return
    make_room(path)
    async with database.writer.begin() as connection:
        await _create(connection)


async def _create(connection: AsyncConnection) -> None:
    if await connection.run_sync(_revision) is not None:
        return  # another process was faster
    await connection.run_sync(lambda c: metadata.create_all(c, checkfirst=False))
    for statement in search.CREATE[connection.dialect.name]:
        await connection.execute(text(statement))
    await connection.execute(
        text(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
            " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
    )
    await connection.execute(
        text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": HEAD}
    )


async def upgrade(url: str, revision: str = "head") -> None:
    """Brings the database to a revision, in one transaction; makes it where it is missing.

    Raises:
        ConfigError: it has a newer schema, or cannot be reached.
    """
    from alembic import command  # noqa: PLC0415 - takes long and is seldom needed

    if (path := sqlite_path(url)) is not None:
        make_room(path)
    await _migrate(url, lambda config: command.upgrade(config, revision))


async def downgrade(url: str, revision: str) -> None:
    """Takes the database back to a revision, or to `base`, where nothing is left.

    Raises:
        ConfigError: there is no such revision, or the database has a newer schema.
    """
    from alembic import command  # noqa: PLC0415 - takes long and is seldom needed

    known = (EMPTY, *REVISIONS)
    if revision not in known:
        raise ConfigError(f"There is no revision {revision!r}; known are {', '.join(known)}.")
    await _migrate(url, lambda config: command.downgrade(config, revision))


async def _migrate(url: str, work: Callable[["Config"], None]) -> None:
    database = open_database(url)
    try:
        found = await current(database)
        if found is not None and found not in REVISIONS:
            raise ConfigError(newer(place(database), found))
        async with database.writer.begin() as connection:
            if not database.is_sqlite:
                await connection.execute(
                    text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATING}
                )
            await connection.run_sync(lambda sync: work(alembic_config(sync)))
    finally:
        await database.close()


def alembic_config(connection: Any) -> "Config":
    """Alembic's settings, without a file."""
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
