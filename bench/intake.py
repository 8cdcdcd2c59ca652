"""How many webhooks a second, beside floors that were measured in turn with them."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from bench.databases import for_muster, postgres, sqlite
from bench.figure import Figure, ratio
from bench.load import Load
from bench.servers import Server, Unavailable, alertmanager, floor, muster, settled

KNOWN = 1_000
"""Alerts that are open when the repeats begin."""

TURNS = 4
"""Into which a round beside a floor is cut."""

PER_MINUTE = 60


def figures(folder: Path, rounds: int, seconds: float) -> Iterator[Figure]:
    """On SQLite, on PostgreSQL, and Alertmanager at the same alerts."""
    yield from _on_sqlite(folder, rounds, seconds)
    try:
        yield from _on_postgres(folder, rounds, seconds)
    except Unavailable as why:
        print(f"skipped: {why}")
    try:
        yield from _peer(folder, seconds)
    except Unavailable as why:
        print(f"skipped: {why}")


def _on_sqlite(folder: Path, rounds: int, seconds: float) -> Iterator[Figure]:
    with (
        floor("journal", folder, str(folder / "floor.db")) as journal,
        muster(folder, sqlite(folder / "muster.db")) as ours,
    ):
        mine, floors = _in_turn(ours, journal, rounds, seconds)
        yield ratio("repeats to the SQLite journal floor", mine, floors, 0.5, "/s")
        yield _opening("SQLite", ours, rounds, seconds, 60_000)
        yield from _at_200(ours, seconds)


def _on_postgres(folder: Path, rounds: int, seconds: float) -> Iterator[Figure]:
    with ExitStack() as stack:
        theirs = stack.enter_context(postgres("floor"))
        mine = stack.enter_context(postgres("muster"))
        upsert = stack.enter_context(floor("upsert", folder, theirs))
        ours = stack.enter_context(muster(folder, for_muster(mine)))
        rates, floors = _in_turn(ours, upsert, rounds, seconds)
        yield ratio("repeats to the PostgreSQL upsert floor", rates, floors, 0.4, "/s")
        yield _opening("PostgreSQL", ours, rounds, seconds, 30_000)


def _in_turn(
    ours: Server, floor: Server, rounds: int, seconds: float
) -> tuple[list[float], list[float]]:
    """Floor, ours, floor, ours …: what slows the machine slows both, so turns are short."""
    ours.load(Load(port=ours.port, requests=KNOWN, first=1, seconds=60))
    settled(ours)
    mine: list[float] = []
    floors: list[float] = []
    for _ in range(TURNS * rounds):
        floors.append(floor.load(_repeats(floor.port, seconds / TURNS)).rate)
        mine.append(ours.load(_repeats(ours.port, seconds / TURNS)).rate)
    return mine, floors


def _repeats(port: int, seconds: float) -> Load:
    return Load(port=port, repeats=KNOWN, first=1, seconds=seconds)


def _opening(where: str, ours: Server, rounds: int, seconds: float, target: int) -> Figure:
    rates = [
        ours.load(Load(port=ours.port, first=1_000_000 * (turn + 1), seconds=seconds)).rate
        for turn in range(rounds)
    ]
    return Figure(
        name=f"opening an incident each, {where}",
        value=median(rates) * PER_MINUTE,
        unit="/min",
        target=target,
        spread=f"{min(rates):.0f} to {max(rates):.0f} /s",
    )


def _at_200(ours: Server, seconds: float) -> Iterator[Figure]:
    settled(ours)
    report = ours.load(
        Load(port=ours.port, repeats=KNOWN, first=1, rate=200, connections=32, seconds=2 * seconds)
    )
    yield Figure(
        name="p99 at 200 webhooks a second",
        value=report.p99 * 1000,
        unit="ms",
        target=50,
        at_least=False,
        spread=f"p50 {report.p50 * 1000:.1f} ms, worst {report.worst * 1000:.0f} ms",
    )


def _peer(folder: Path, seconds: float) -> Iterator[Figure]:
    with alertmanager(folder) as peer:
        report = peer.load(
            Load(port=peer.port, path="/api/v2/alerts", body="peer", repeats=KNOWN, seconds=seconds)
        )
    yield Figure(name="Alertmanager, in memory", value=report.rate, unit="/s", spread="not synced")
