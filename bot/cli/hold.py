"""`muster hold`: nothing goes out until a person lets it."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping

from bot.cli.opened import operator, with_store
from bot.domain.incident import rfc3339
from storage.hold import read_hold, set_hold
from storage.store import SqlStore


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("wanted", choices=["on", "off", "status"])
    parser.add_argument("--why", default="", help="kept with it, and shown")


def run(options: Namespace, environment: Mapping[str, str]) -> int:
    with_store(environment, lambda store: _hold(store, options))
    return 0


async def _hold(store: SqlStore, options: Namespace) -> None:
    if options.wanted != "status":
        why = options.why or ("asked for" if options.wanted == "on" else "")
        await set_hold(store, on=options.wanted == "on", why=why, by=operator())
    async with store.reading() as connection:
        held = await read_hold(connection)
    if held.on and held.since is not None:
        print(f"On hold since {rfc3339(held.since)}: {held.why}. Nobody is paged.")
    else:
        print("Not on hold.")
