"""`muster token`: what lets sources and programs in."""

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from bot.cli.check import checked, must_know
from bot.cli.opened import is_served, operator, with_store
from bot.domain.errors import Invalid, NotFound
from bot.domain.people import Right
from bot.ports.tokens import Token
from config.settings import load_settings
from handlers.alerts import SOURCES
from storage.tokens import FRESH, SqlTokens

CHANGING: Final = ("rotate", "revoke")


def arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    create = verbs.add_parser("create", help="make one; its secret is shown once")
    create.add_argument("name")
    create.add_argument(
        "--scope",
        action="append",
        required=True,
        help="source:<name>, source:* or api; may be said more than once",
    )
    create.add_argument(
        "--right",
        choices=[str(right) for right in Right],
        help="what it may do by the API (default with scope api: viewer)",
    )
    create.add_argument("--person", help="whom it acts as, by the API")
    verbs.add_parser("list", help="all tokens, without their secrets")
    for verb, help in zip(CHANGING, ("give it a new secret", "it opens nothing more"), strict=True):
        changing = verbs.add_parser(verb, help=help)
        changing.add_argument("token", help="its id or name")


def run(
    options: Namespace,
    environment: Mapping[str, str],
    pause: Callable[[float], None] = time.sleep,
) -> int:
    if options.verb == "create":
        _tell_of_unknown(options.scope, {*load_settings(environment).sources, *SOURCES})
        if options.person:
            must_know(checked(environment)[1], options.person)
    verb = {"create": _create, "list": _list, "rotate": _rotate, "revoke": _revoke}[options.verb]
    with_store(environment, lambda store: verb(SqlTokens(store), options))
    if options.verb in CHANGING and is_served(load_settings(environment)):
        pause(FRESH.total_seconds())  # until then a server may remember the old secret
    return 0


def _tell_of_unknown(scopes: Sequence[str], sources: Collection[str]) -> None:
    """A source may be configured later; a name that was mistyped opens nothing."""
    named = {scope.removeprefix("source:") for scope in scopes if scope.startswith("source:")}
    for name in sorted(named - {"*", *sources}):
        known = ", ".join(sorted(sources))
        print(f"Warning: there is no source {name!r} yet; there are {known}.", file=sys.stderr)


async def _create(tokens: SqlTokens, options: Namespace) -> None:
    usual = Right.VIEWER if "api" in options.scope else Right.NOTHING
    token, secret = await tokens.create(
        options.name,
        scopes=options.scope,
        right=Right(options.right) if options.right else usual,
        person=options.person,
        by=operator(),
    )
    print(f"Token {token.id} ({token.name}). Keep its secret, it is not shown again:\n{secret}")


async def _list(tokens: SqlTokens, options: Namespace) -> None:
    for token in await tokens.list():
        state = f"revoked {_day(token.revoked_at)}" if token.revoked_at else "in use"
        person = f" as {token.person}" if token.person else ""
        print(
            f"{token.id}  {token.name}: {' '.join(token.scopes)}, {token.right}{person}, {state}, "
            f"made {_day(token.created_at)}, last used {_day(token.last_used_at)}"
        )


async def _rotate(tokens: SqlTokens, options: Namespace) -> None:
    token = _named(await tokens.list(), options.token)
    secret = await tokens.rotate(token.id, by=operator())
    print(f"The old secret of {token.name} opens nothing any more. The new one:\n{secret}")


async def _revoke(tokens: SqlTokens, options: Namespace) -> None:
    token = _named(await tokens.list(), options.token)
    await tokens.revoke(token.id, by=operator())
    print(f"{token.name} opens nothing any more.")


def _named(tokens: Sequence[Token], said: str) -> Token:
    """The token in use of that id, or the only one of that name."""
    found = [t for t in tokens if t.revoked_at is None and said in (t.id, t.name)]
    if not found:
        raise NotFound(f"There is no token {said!r} in use.")
    if len(found) > 1:
        raise Invalid(f"Several tokens are called {said!r}; say which by its id.")
    return found[0]


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "never"
