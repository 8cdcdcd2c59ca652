"""`muster apply`: what new policies would change, a question, and then the server reads them."""

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from bot.cards.plain_text import one_line
from bot.cli.check import checked
from bot.cli.opened import with_store
from bot.cli.reload import hang_up, server
from bot.domain.errors import ConfigError
from bot.domain.policy import Policies
from bot.domain.policy_plan import Change, Governed, Plan, Touched, Turn, plan
from config.settings import Settings
from storage.in_force import in_force, open_under
from storage.instance import server_of
from storage.store import SqlStore

PATIENCE: Final = 10.0
"""Seconds in which a server should have read them."""

MARKS: Final = {"added": "+", "removed": "-", "changed": "~", "reordered": "~"}


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="apply without asking")
    parser.add_argument("--plan", action="store_true", help="only print what would change")


def run(
    options: Namespace,
    environment: Mapping[str, str],
    *,
    ask: Callable[[str], str] = input,
    asks: Callable[[], bool] = sys.stdin.isatty,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """`ask` puts a question to whoever sits there, and `asks` says whether somebody does."""
    settings, new = checked(environment)
    old, incidents, now = with_store(environment, _known)
    if old is None:
        print("No server has written down which policies are in force; all of these are new.")
    elif old.version == new.version:
        print(f"Nothing changes: version {new.version} is in force.")
        if not options.plan:
            _look_again(settings)
        return 0
    else:
        print("\n".join(told(plan(old, new, incidents, now))))
    if options.plan:
        return 0
    process = server(settings)
    if not options.yes:
        if not asks():
            raise ConfigError("Nothing was applied. Say --yes to apply it without being asked.")
        if ask("Apply this? Only `yes` does. ").strip() != "yes":
            print("Nothing was applied.")
            return 1
    hang_up(process)
    return 0 if _applied(environment, new, process, sleep) else 1


def _look_again(settings: Settings) -> None:
    """A server that complains of a file as it was before finds it mended."""
    if settings.database_path is not None and (process := server_of(settings.database_path)):
        hang_up(process)


async def _known(store: SqlStore) -> tuple[Policies | None, Sequence[Governed], datetime]:
    return await in_force(store), await open_under(store), store.clock.wall()


def _applied(
    environment: Mapping[str, str], new: Policies, process: int, sleep: Callable[[float], None]
) -> bool:
    """Waits until the server has written down that it goes by them."""
    for _ in range(int(PATIENCE / 0.1)):
        now = with_store(environment, in_force)
        if now is not None and now.version == new.version:
            print(f"Applied: process {process} goes by version {new.version}.")
            return True
        sleep(0.1)
    print(f"Process {process} was told, but has not said that it goes by them.", file=sys.stderr)
    return False


# words


def told(what: Plan) -> Iterator[str]:
    """The plan, for a terminal."""
    yield "Policies:"
    for change in what.changes:
        yield from _change(change)
    yield "On call now:"
    yield from (_turn(turn) for turn in what.turns)
    if not what.turns:
        yield "  nobody: there are no schedules"
    yield f"Open incidents touched: {len(what.touched)}"
    yield from (_incident(touched) for touched in what.touched)


def _change(change: Change) -> Iterator[str]:
    name = f"{change.shelf}/{change.id}" if change.id else change.shelf
    yield f"  {MARKS[change.what]} {name}" + ("" if change.fields else f" ({change.what})")
    yield from (f"      {key}: {before} -> {after}" for key, before, after in change.fields)


def _turn(turn: Turn) -> str:
    before, after = (person or "nobody" for person in (turn.before, turn.after))
    same = before == after
    return f"  {turn.schedule}: {after}" if same else f"  {turn.schedule}: {before} -> {after}"


def _incident(touched: Touched) -> str:
    one = touched.incident
    title = one_line(one.title) or "(private)"
    return f"  #{one.number} {one.severity} {one.status} {title}: {', '.join(touched.why)}"
