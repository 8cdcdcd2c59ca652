"""`muster replay`: does the record make every incident what its row says?"""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping

from bot.cli.opened import with_store
from bot.domain.errors import Invalid
from bot.domain.ids import read_incident_id
from storage.replay import replay
from storage.store import SqlStore


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--incident", metavar="ID", help="only this one: 42, #42 or INC-…")


def run(options: Namespace, environment: Mapping[str, str]) -> int:
    return with_store(environment, lambda store: _replay(store, _number(options.incident)))


def _number(said: str | None) -> int | None:
    if said is None:
        return None
    number = read_incident_id(said, bare=True)
    if number is None:
        raise Invalid(f"{said!r} names no incident; write 42, #42 or INC-….")
    return number


async def _replay(store: SqlStore, incident: int | None) -> int:
    wrong = unprovable = 0
    async for difference in replay(store.database, incident=incident):
        print(difference)
        wrong += difference.provable
        unprovable += not difference.provable
    print(f"{wrong} differences, {unprovable} that cannot be proved.")
    return 1 if wrong else 0
