"""`muster hold`: nothing goes out until a person lets it."""

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable, Mapping

from bot.cli.opened import is_served, operator, with_store
from bot.domain.incident import rfc3339
from bot.engine.hold import FRESH
from config.settings import load_settings
from storage.held_back import drop_talk, held_back
from storage.hold import Held, read_hold, set_hold
from storage.store import SqlStore


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("wanted", choices=["on", "off", "status"])
    parser.add_argument("--why", default="", help="kept with it, and shown")
    waiting = parser.add_mutually_exclusive_group()
    waiting.add_argument("--send", action="store_true", help="off: what waits goes out (default)")
    waiting.add_argument("--drop", action="store_true", help="off: what waits is dropped")


def run(
    options: Namespace,
    environment: Mapping[str, str],
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> int:
    served = is_served(load_settings(environment))
    with_store(environment, lambda store: _hold(store, options, pause if served else None))
    return 0


async def _hold(
    store: SqlStore, options: Namespace, pause: Callable[[float], Awaitable[None]] | None
) -> None:
    """`pause`: waits until no server believes any more what it read before."""
    if options.wanted == "on":
        await set_hold(store, on=True, why=options.why or "asked for", by=operator())
    elif options.wanted == "off":
        await _release(store, options)
    if pause is not None and options.wanted != "status":
        await pause(FRESH.total_seconds())
    held, waiting = await _standing(store)
    if held.on and held.since is not None:
        print(f"On hold since {rfc3339(held.since)}: {held.why}. Nobody is paged.")
        _tell("Waiting", waiting)
    else:
        print("Not on hold.")


async def _release(store: SqlStore, options: Namespace) -> None:
    """Lists what would go out; sends it, or drops it where that is asked for."""
    held, waiting = await _standing(store)
    if held.on and waiting:
        _tell("Dropped" if _drops(options, waiting) else "Going out", waiting)
        if options.drop:
            await drop_talk(store, by=operator())
    await set_hold(store, on=False, why=options.why, by=operator())


def _drops(options: Namespace, waiting: list[str]) -> bool:
    """Whoever sits at a terminal and said neither is asked."""
    if not options.drop and not options.send and sys.stdin is not None and sys.stdin.isatty():
        _tell("This would go out", waiting)
        options.drop = input("Send it, or drop it? [send/drop] ").strip().lower() == "drop"
    return bool(options.drop)


async def _standing(store: SqlStore) -> tuple[Held, list[str]]:
    async with store.reading() as connection:
        waiting = [str(one) for one in await held_back(connection)]
        return await read_hold(connection), waiting


def _tell(heading: str, waiting: list[str]) -> None:
    if waiting:
        print(f"{heading}:", *waiting, sep="\n  ")
