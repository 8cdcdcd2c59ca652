"""`muster teams`: the app package, and the commands that make the bot in Azure."""

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path

from bot import __version__
from bot.domain.errors import ConfigError
from config.settings import Settings, load_settings
from handlers.commands import COMMANDS
from handlers.registry import resolve


def arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    manifest = verbs.add_parser("manifest", help="write the app package, to be uploaded to Teams")
    manifest.add_argument("file", type=Path, nargs="?", default=Path("muster.zip"))
    setup = verbs.add_parser("setup", help="print the commands that make the bot in Azure")
    setup.add_argument("--tenant", default="", help="the tenant's id or domain")
    setup.add_argument("--group", default="muster", help="the resource group")
    setup.add_argument("--location", default="westeurope", help="where the group is")


def run(options: Namespace, environment: Mapping[str, str]) -> int:
    settings = load_settings(environment)
    if options.verb == "manifest":
        return _manifest(options, settings)
    return _setup(options, settings)


def _manifest(options: Namespace, settings: Settings) -> int:
    from bot.platforms.teams.manifest import manifest, package  # noqa: PLC0415 - an extra

    if not settings.teams.app_id:
        raise ConfigError("teams.app_id is not set; `muster teams setup` prints how to get one.")
    commands = [resolve(path) for path in COMMANDS.values()]
    made = manifest(
        settings.teams.app_id,
        {command.verb: command.help for command in commands},
        public_url=settings.public_url,
        version=_version(),
    )
    options.file.write_bytes(package(made))
    print(f"Wrote {options.file}. Upload it in Teams: Apps, Manage your apps, Upload an app.")
    return 0


def _setup(options: Namespace, settings: Settings) -> int:
    from bot.platforms.teams.setup import commands, losses  # noqa: PLC0415 - an extra

    if not settings.public_url.startswith("https://"):
        raise ConfigError(
            f"Microsoft calls https:// addresses only, and public_url is {settings.public_url}."
        )
    tenant = options.tenant or settings.teams.tenant_id or "YOUR-TENANT-ID"
    print(
        commands(
            tenant=tenant,
            public_url=settings.public_url,
            group=options.group,
            location=options.location,
        )
    )
    print(losses())
    return 0


def _version() -> str:
    """Three numbers, as Teams wants them."""
    found = re.match(r"\d+\.\d+\.\d+", __version__)
    return found[0] if found else "0.1.0"
