"""`muster init`: everything a new installation needs, and how to go on."""

import asyncio
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

from bot.cli.login_link import login_link
from bot.cli.opened import any_database, operator
from bot.domain.errors import ConfigError
from bot.domain.people import Right
from config.settings import SHIPPED, Settings, load_settings
from config.starter import ENV_FILE, starter_files
from storage import schema
from storage.clock import SystemClock
from storage.instance import claim_instance
from storage.store import SqlStore
from storage.tokens import SqlTokens

SOURCE: Final = "alertmanager"

AFTER: Final = """\
Written to {folder}: muster.yaml, policies/, {env_file} (secrets, for your eyes only).
The database is {database}.

1. Start Muster:

     muster --env-file {folder}/{env_file} serve

2. Sign in as {admin}, once, within 15 minutes (later: muster login-link {admin}):

     {link}

3. Point Alertmanager at it; this token is not shown again:

     receivers:
       - name: muster
         webhook_configs:
           - url: {public_url}/webhooks/{source}
             send_resolved: true
             max_alerts: 400
             http_config:
               authorization:
                 credentials: {token}
"""


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--preset",
        choices=["small", "standard"],
        default="standard",
        help="small: threads instead of rooms, no reminders (default: standard)",
    )
    parser.add_argument(
        "--folder", type=Path, default=Path("muster"), help="where to write (default: ./muster)"
    )
    parser.add_argument("--admin", metavar="ID", default="admin", help="id of the first admin")
    parser.add_argument("--name", default="", help="the admin's name (default: the id)")
    parser.add_argument("--email", default="", help="the admin's e-mail address")
    parser.add_argument(
        "--public-url", default="", help="how people reach Muster (default: this machine)"
    )


def run(options: Namespace, environment: Mapping[str, str]) -> int:
    folder: Path = options.folder.absolute()
    secrets = _secrets(environment)
    files = starter_files(
        options.preset,
        admin_id=options.admin,
        admin_name=options.name or options.admin.title(),
        admin_email=options.email,
        public_url=options.public_url or _public_url(environment),
        secrets=secrets,
        folder=str(folder),
    )
    taken = [name for name in files if (folder / name).exists()]
    if taken:
        raise ConfigError(f"{folder / taken[0]} exists; nothing was written.")
    asyncio.run(_check_database(_as_it_will_be(environment, secrets, SHIPPED)))
    for name, text in files.items():
        _write(folder / name, text, private=name == ENV_FILE)
    settings = _as_it_will_be(environment, secrets, folder / "muster.yaml")
    link, token = asyncio.run(_begin(settings, options.admin))
    print(
        AFTER.format(
            folder=options.folder,
            env_file=ENV_FILE,
            database=settings.database_path or "on PostgreSQL",
            admin=options.admin,
            link=link,
            public_url=settings.public_url,
            source=SOURCE,
            token=token,
        ),
        end="",
    )
    return 0


def _as_it_will_be(
    environment: Mapping[str, str], secrets: Mapping[str, str], config: Path
) -> Settings:
    return load_settings(
        {**environment, **secrets, "MUSTER_ENV": "production", "MUSTER_CONFIG": str(config)}
    )


async def _check_database(settings: Settings) -> None:
    """Nothing is written where the database is away or belongs to another version."""
    async with any_database(settings) as database:
        if await schema.current(database) is not None:
            await schema.check(database)


def _public_url(environment: Mapping[str, str]) -> str:
    said = environment.get("MUSTER_PUBLIC_URL")
    if not said:
        said = f"http://127.0.0.1:{environment.get('MUSTER_PORT') or 8080}"
        print(f"Links will begin with {said}; --public-url says otherwise.", file=sys.stderr)
    return said


def _secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Lines of muster.env."""
    fresh = {
        "MUSTER_SECRET_KEY": token_urlsafe(32),
        "MUSTER_DATABASE_URL": f"sqlite+aiosqlite:///{Path('var/muster.db').absolute()}",
    }
    return {name: environment.get(name) or value for name, value in fresh.items()}


def _write(path: Path, text: str, *, private: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


async def _begin(settings: Settings, admin: str) -> tuple[str, str]:
    """A database with a first token; (sign-in link, the token's secret)."""
    async with any_database(settings) as database:
        await schema.create_or_upgrade(database)
        store = SqlStore(database, SystemClock(), replica="cli")
        await store.catch_up()
        await claim_instance(store)
        _, token = await SqlTokens(store).create(
            SOURCE, scopes=[f"source:{SOURCE}"], right=Right.NOTHING, by=operator()
        )
        return await login_link(store, settings, admin), token
