"""`muster slack`: what Slack must be told of the app."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping

import orjson

from bot.domain.errors import ConfigError
from handlers.commands import COMMANDS


def arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    manifest = verbs.add_parser("manifest", help="print the app's manifest")
    manifest.add_argument(
        "--link", action="store_true", help="print Slack's create-app address, with it inside"
    )
    manifest.add_argument(
        "--http",
        metavar="ADDRESS",
        default="",
        help="let Slack call Muster there (https://…), instead of Socket Mode",
    )


def run(options: Namespace, environment: Mapping[str, str]) -> int:
    if options.http and not options.http.startswith("https://"):
        raise ConfigError("Slack calls https:// addresses only.")
    from bot.platforms.slack.manifest import create_link, manifest  # noqa: PLC0415 - an extra

    made = manifest(list(COMMANDS), options.http)
    shown = orjson.dumps(made, option=orjson.OPT_INDENT_2).decode()
    print(create_link(made) if options.link else shown)
    return 0
