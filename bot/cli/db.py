"""`muster db`: the schema, backups, and putting one back."""

import asyncio
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bot.cli.opened import any_database
from bot.domain.errors import ConfigError
from config.settings import Settings, load_settings
from storage import schema
from storage.backup import backup_sqlite, restore_sqlite, stamp
from storage.backup_postgres import (
    backup_postgres,
    can_dump,
    refuse_company,
    restore_postgres,
)
from storage.clock import SystemClock
from storage.instance import lock_database

NO_DUMP: Final = (
    "There is no pg_dump here, so no backup can be made first. Install PostgreSQL's client "
    "programs, or make a backup yourself and add --no-backup."
)


def arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    upgrade = verbs.add_parser("upgrade", help="bring the schema to this version, after a backup")
    upgrade.add_argument("--no-backup", action="store_true", help="make none first")
    downgrade = verbs.add_parser(
        "downgrade", help="take the schema back to an older revision, after a backup"
    )
    downgrade.add_argument("--no-backup", action="store_true", help="make none first")
    downgrade.add_argument("revision", help=f"one of {', '.join(schema.REVISIONS)}, or base")
    backup = verbs.add_parser("backup", help="write a backup; the server may run")
    backup.add_argument("file", type=Path)
    restore = verbs.add_parser("restore", help="put a backup in place; begins on hold")
    restore.add_argument("file", type=Path)


def run(options: Namespace, environment: Mapping[str, str]) -> int:
    settings, now = load_settings(environment), SystemClock().now()
    asyncio.run(_VERBS[options.verb](options, settings, now))
    return 0


async def _upgrade(options: Namespace, settings: Settings, now: datetime) -> None:
    async with any_database(settings) as database:
        where, revision = schema.place(database), await schema.current(database)
        if revision == schema.HEAD:
            print(f"{where} has schema {schema.HEAD} already.")
            return
        if revision is not None and revision not in schema.REVISIONS:
            raise ConfigError(schema.newer(where, revision))
        with _alone(settings):
            if revision is not None and not options.no_backup:
                await _backup_first(settings, revision, now)
            await schema.upgrade(settings.database_url)
    print(f"{where} has schema {schema.HEAD} now.")


async def _backup_first(settings: Settings, revision: str, now: datetime) -> None:
    path = settings.database_path
    name = f"{path or 'muster.dump'}.backup-{revision}-{stamp(now)}"
    if path is None and not can_dump():
        raise ConfigError(NO_DUMP)
    await _write_backup(settings, Path(name))


async def _downgrade(options: Namespace, settings: Settings, now: datetime) -> None:
    async with any_database(settings) as database:
        with _alone(settings):
            if not database.is_sqlite:
                await refuse_company(database)
            revision = await schema.current(database)
            if revision is not None and revision != options.revision and not options.no_backup:
                await _backup_first(settings, revision, now)
            await schema.downgrade(settings.database_url, options.revision)
        print(f"{schema.place(database)} has schema {options.revision} now.")


async def _backup(options: Namespace, settings: Settings, now: datetime) -> None:
    await _write_backup(settings, options.file)


async def _write_backup(settings: Settings, file: Path) -> None:
    if settings.database_path is not None:
        await backup_sqlite(settings.database_path, file)
    else:
        await backup_postgres(settings.database_url, file)
    print(f"The backup is {file}.")


async def _restore(options: Namespace, settings: Settings, now: datetime) -> None:
    async with any_database(settings) as database:
        if settings.database_path is not None:
            aside = await restore_sqlite(options.file, settings.database_path, now)
            if aside is not None:
                print(f"The database that was there is {aside} now.")
        else:
            await restore_postgres(database, options.file, now)
        print(
            f"{schema.place(database)} is restored and on hold: nobody is paged. "
            "Look at it, then `muster hold off`."
        )
        await schema.check(database)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """No server may run on the file meanwhile."""
    if settings.database_path is None:
        yield
        return
    with lock_database(settings.database_path):
        yield


Verb = Callable[[Namespace, Settings, datetime], Coroutine[Any, Any, None]]
_VERBS: Final[dict[str, Verb]] = {
    "upgrade": _upgrade,
    "downgrade": _downgrade,
    "backup": _backup,
    "restore": _restore,
}
