"""`muster login-link PERSON`"""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping

from bot.cli.check import checked, must_know
from bot.cli.opened import operator, with_store
from config.settings import Settings
from storage.logins import Logins
from storage.store import SqlStore


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("person", help="an id of people.yaml")


def run(options: Namespace, environment: Mapping[str, str]) -> int:
    settings, policies = checked(environment)
    must_know(policies, options.person)
    print(with_store(environment, lambda store: login_link(store, settings, options.person)))
    return 0


async def login_link(store: SqlStore, settings: Settings, person: str) -> str:
    """An address that signs the person in, once, within 15 minutes."""
    secret = await Logins(store).make_link(person, by=operator())
    return f"{settings.public_url}/login/{secret}"
