"""`muster dead-letters`: what was authentic and could not be read."""

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping
from typing import Final

from bot.cards.plain_text import one_line, visible
from bot.cli.opened import with_store
from bot.domain.incident import rfc3339
from storage.dead_letters import DeadLetters

MOST: Final = 10_000


def _at_most(said: str) -> int:
    if not (said.isdecimal() and 1 <= int(said[:6]) <= MOST):
        raise ArgumentTypeError(f"write a number from 1 to {MOST}, not {said!r}")
    return int(said)


def arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    list = verbs.add_parser("list", help="those that wait, newest first")
    list.add_argument("--all", action="store_true", help="also those that were processed later")
    list.add_argument("--limit", type=_at_most, default=100)
    show = verbs.add_parser("show", help="print the body of one")
    show.add_argument("id")
    replay = verbs.add_parser("replay", help="have the server, or the next one, try them again")
    replay.add_argument("ids", nargs="+", metavar="ID")


def run(options: Namespace, environment: Mapping[str, str]) -> int:
    verb = {"list": _list, "show": _show, "replay": _replay}[options.verb]
    with_store(environment, lambda store: verb(DeadLetters(store), options))
    return 0


async def _list(letters: DeadLetters, options: Namespace) -> None:
    found = await letters.list(replayed=options.all, limit=options.limit)
    for letter in found:
        state = f", processed {rfc3339(letter.replayed_at)}" if letter.replayed_at else ""
        print(
            f"{letter.id}  {rfc3339(letter.received_at)} {letter.source}, {letter.size} bytes, "
            f"tried {letter.tries} times{state}: {one_line(letter.reason)}"
        )
    if not found:
        print("None.")


async def _show(letters: DeadLetters, options: Namespace) -> None:
    _, body = await letters.get(options.id)
    said = body.decode(errors="replace")
    print(visible(said) if sys.stdout.isatty() else said)  # a file gets it as it came


async def _replay(letters: DeadLetters, options: Namespace) -> None:
    ids = dict.fromkeys(options.ids)
    await letters.ask_replay(ids)
    print(f"Asked for {len(ids)}; the server tries them as soon as it runs.")
