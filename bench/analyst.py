"""What alerts feel of an analyst in trouble: beside a Muster that has none, in turn with it.

It is killed, it hangs, its model answers ten megabytes of noise or never; meanwhile people ask
questions that need both. 200 alerts a second must not feel it.
"""

import http.client
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any, Final

import orjson

from bench.databases import sqlite
from bench.figure import Figure
from bench.load import Load, Report
from bench.servers import PATIENCE, Server, model, muster, resident, settled
from tests.fakes.llm.wire import KEY

KNOWN: Final = 1_000
PAIRS: Final = 5
ASKS_EVERY: Final = 0.5
TROUBLED_EVERY: Final = 0.3
"""Seconds."""

Trouble = Callable[[Server], None]


def figures(folder: Path, *, pairs: int = PAIRS, seconds: float = 4.0) -> Iterator[Figure]:
    """Its memory; then p99 and the median at 200 alerts a second while it is in each trouble."""
    with muster(folder, sqlite(folder / "without.db"), KNOWLEDGE__EMBEDDING="none") as without:
        _prepare(without)
        for name, (mode, trouble) in TROUBLES.items():
            with (
                model(folder, mode) as model_server,
                _with_model(folder / f"{name}.db", model_server.port) as ours,
            ):
                child = _analyst(ours)
                _prepare(ours)
                settled(ours)
                if name == "killed":
                    yield _memory(child)
                rounds = [_pair(without, ours, trouble, seconds) for _ in range(pairs)]
                _signal(signal.SIGCONT, ours)
                yield from _compared(name, rounds)


def _with_model(database: Path, port: int) -> Server:
    return muster(
        database.parent,
        sqlite(database),
        LLM__MODEL="openai:fake",
        LLM__BASE_URL=f"http://127.0.0.1:{port}/v1",
        LLM__API_KEY=KEY,
    )


def _memory(child: int) -> Figure:
    return Figure(
        name="memory of the analyst",
        value=resident(child),
        unit="MB",
        target=400,
        at_least=False,
    )


def _prepare(server: Server) -> None:
    """Something to ask about, and alerts that repeat."""
    lines = b"\n".join(orjson.dumps(document) for document in DOCUMENTS)
    _post(server, "/api/v1/knowledge/documents", lines)
    server.load(Load(port=server.port, requests=KNOWN, first=1, seconds=60))


def _pair(without: Server, ours: Server, trouble: Trouble, seconds: float) -> tuple[Report, Report]:
    calm = _under_questions(without, seconds)
    with _again_and_again(partial(trouble, ours), TROUBLED_EVERY):
        return calm, _under_questions(ours, seconds)


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
        load = Load(
            port=server.port, repeats=KNOWN, first=1, rate=200, connections=32, seconds=seconds
        )
        return server.load(load)


def _ask(server: Server) -> None:
    """Another question each time, since answers are kept."""
    question = f"what fixed the slow checkout at {next(_TURN)} o'clock?"
    _post(server, "/api/v1/ask", orjson.dumps({"question": question}))


def _post(server: Server, path: str, body: bytes) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    with suppress(OSError, http.client.HTTPException):
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        connection.getresponse().read()
    connection.close()


_TURN: Final = count(1)
DOCUMENTS: Final = [
    {
        "id": f"checkout-{n}",
        "kind": "incident",
        "title": f"Checkout was slow, {n}",
        "text": f"The checkout was slow for {n} minutes. The pool of the database was raised.",
    }
    for n in range(1, 20)
]


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


def _nothing(server: Server) -> None:
    """Its model is trouble enough."""


def _signal(number: signal.Signals, server: Server) -> None:
    for child in _children(server):
        with suppress(ProcessLookupError):
            os.kill(child, number)


TROUBLES: Final[dict[str, tuple[str, Trouble]]] = {
    "killed": ("good", partial(_signal, signal.SIGKILL)),
    "hanging": ("good", partial(_signal, signal.SIGSTOP)),
    "with a model that hangs": ("hanging", _nothing),
    "with a model that answers 10 MB of noise": ("garbage", _nothing),
}
"""The mode of its model, and what is done to it again and again."""


def _analyst(server: Server) -> int:
    """Its process id, once it is able to do something."""
    until = monotonic() + PATIENCE
    while monotonic() < until:
        if _able(server):
            return _children(server)[0]
        sleep(0.1)
    raise RuntimeError("Muster started no analyst")


def _able(server: Server) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        connection.request("GET", "/health/deep")
        said: Any = orjson.loads(connection.getresponse().read())
    finally:
        connection.close()
    return all(said["analyst"].values())


def _children(server: Server) -> list[int]:
    task = Path(f"/proc/{server.process.pid}/task")
    said = [(one / "children").read_text() for one in task.iterdir()]
    return [int(number) for numbers in said for number in numbers.split()]
