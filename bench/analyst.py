"""What alerts feel of an analyst in trouble: beside a Muster that has none, in turn with it."""

import http.client
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from statistics import median
from threading import Event, Thread
from time import monotonic, sleep
from typing import Final

import orjson

from bench.databases import sqlite
from bench.figure import Figure
from bench.load import Load, Report
from bench.servers import PATIENCE, Server, muster, resident, settled

KNOWN: Final = 1_000
PAIRS: Final = 5
ASKS_EVERY: Final = 0.5
TROUBLED_EVERY: Final = 0.3
"""Seconds."""

Trouble = Callable[[Server], None]


def figures(folder: Path, *, pairs: int = PAIRS, seconds: float = 4.0) -> Iterator[Figure]:
    """Its memory; then p99 and the median at 200 alerts a second while it is in each trouble."""
    with (
        muster(folder, sqlite(folder / "without.db"), KNOWLEDGE__EMBEDDING="none") as without,
        muster(folder, sqlite(folder / "with.db")) as ours,
    ):
        child = _analyst(ours)
        settled(ours)
        yield Figure(
            name="memory of the analyst",
            value=resident(child),
            unit="MB",
            target=400,
            at_least=False,
        )
        for server in (without, ours):
            server.load(Load(port=server.port, requests=KNOWN, first=1, seconds=60))
        for name, trouble in TROUBLES.items():
            settled(ours)
            rounds = []
            for _ in range(pairs):
                calm = _under_questions(without, seconds)
                with _again_and_again(partial(trouble, ours), TROUBLED_EVERY):
                    rounds.append((calm, _under_questions(ours, seconds)))
            _signal(signal.SIGCONT, ours)
            yield from _compared(name, rounds)


def _compared(name: str, rounds: Sequence[tuple[Report, Report]]) -> Iterator[Figure]:
    moved = [troubled.p50 / calm.p50 - 1 for calm, troubled in rounds]
    worst = [troubled.p99 * 1000 for _, troubled in rounds]
    yield Figure(
        name=f"p99 at 200 webhooks a second, analyst {name}",
        value=median(worst),
        unit="ms",
        target=50,
        at_least=False,
        spread=f"{min(worst):.0f} to {max(worst):.0f} ms",
    )
    yield Figure(
        name=f"their median moves by, analyst {name}",
        value=100 * median(moved),
        unit="%",
        target=20,
        at_least=False,
        spread=f"{100 * min(moved):.0f} to {100 * max(moved):.0f} % in {len(rounds)} pairs",
    )


def _under_questions(server: Server, seconds: float) -> Report:
    """People ask questions meanwhile, of either server alike."""
    with _again_and_again(partial(_ask, server), ASKS_EVERY):
        return server.load(
            Load(
                port=server.port, repeats=KNOWN, first=1, rate=200, connections=32, seconds=seconds
            )
        )


def _ask(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    with suppress(OSError, http.client.HTTPException):
        body = orjson.dumps({"question": "what fixed the slow checkout last time?"})
        connection.request("POST", "/api/v1/ask", body, {"Content-Type": "application/json"})
        connection.getresponse().read()
    connection.close()


@contextmanager
def _again_and_again(act: Callable[[], None], every: float) -> Iterator[None]:
    ended = Event()

    def run() -> None:
        while not ended.is_set():
            act()
            ended.wait(every)

    thread = Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _signal(number: signal.Signals, server: Server) -> None:
    for child in _children(server):
        with suppress(ProcessLookupError):
            os.kill(child, number)


TROUBLES: Final[dict[str, Trouble]] = {
    "killed": partial(_signal, signal.SIGKILL),
    "hanging": partial(_signal, signal.SIGSTOP),
}
"""What is done to it, again and again."""


def _analyst(server: Server) -> int:
    """Its process id, once it is there."""
    until = monotonic() + PATIENCE
    while monotonic() < until:
        if children := _children(server):
            return children[0]
        sleep(0.1)
    raise RuntimeError("Muster started no analyst")


def _children(server: Server) -> list[int]:
    task = Path(f"/proc/{server.process.pid}/task")
    said = [(one / "children").read_text() for one in task.iterdir()]
    return [int(number) for numbers in said for number in numbers.split()]
