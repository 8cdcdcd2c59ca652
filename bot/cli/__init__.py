"""`muster`: each verb is a module, and only the one asked for is imported."""

import sys
from argparse import REMAINDER, ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Final

from bot import __version__
from bot.cli.env_file import with_file
from bot.domain.errors import ConfigError, MusterError

VERBS: Final[dict[str, str]] = {
    "init": "write settings, policies and secrets; make the database; name the first admin",
    "serve": "run Muster",
    "check": "read settings and policies, and say what to mend",
    "apply": "print what new policies would change, ask, and have the running server read them",
    "reload": "check, then tell the running server to read the policies anew",
    "db": "upgrade, downgrade, back up or restore the database",
    "token": "make, list, rotate or revoke tokens of sources and of the API",
    "login-link": "make a link that signs a person in, once",
    "hold": "stop everything outgoing, or let it go on",
    "slack": "print the manifest that makes the app in Slack",
    "teams": "write the app package for Teams, and print how to make the bot in Azure",
    "dead-letters": "list what could not be read, and try it again",
    "knowledge": "add runbooks and documents, or make their index anew",
    "replay": "build every incident from its entries, and compare",
    "audit": "verify that the record was not changed",
    "version": "print the versions of Muster and of its schema",
}
"""Verb → what it does. Its module has the same name, with _ for -; see `Verb` in bot.cli.verb."""

REFUSED: Final = 1
CONFIG: Final = 2
INTERRUPTED: Final = 130


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Runs one verb, and says by a number how it went: 0 well, 1 refused, 2 something to mend."""
    parser = _parser()
    if not arguments:
        parser.print_help(sys.stderr)
        return CONFIG
    asked = parser.parse_args(arguments)
    verb = import_module(f"bot.cli.{asked.verb.replace('-', '_')}")
    own = ArgumentParser(prog=f"muster {asked.verb}", description=f"Muster: {VERBS[asked.verb]}.")
    verb.arguments(own)
    options = own.parse_args(asked.arguments)
    try:
        return int(verb.run(options, with_file(environment, asked.env_file)))
    except MusterError as wrong:
        print(wrong, file=sys.stderr)
        return CONFIG if isinstance(wrong, ConfigError) else REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> ArgumentParser:
    width = max(map(len, VERBS))
    verbs = "\n".join(f"  {verb:<{width}}  {does}" for verb, does in VERBS.items())
    parser = ArgumentParser(
        prog="muster",
        description="Muster, the incident bot.",
        epilog=f"verbs:\n{verbs}\n\n`muster VERB --help` tells more of each.",
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"muster {__version__}")
    parser.add_argument(
        "--env-file",
        metavar="FILE",
        help="variables, one NAME=value a line, for those the environment does not set",
    )
    parser.add_argument("verb", metavar="VERB", choices=VERBS, help="one of those below")
    parser.add_argument("arguments", nargs=REMAINDER, metavar="…", help="what the verb takes")
    return parser
