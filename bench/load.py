"""The load: a lean HTTP/1.1 client in a process of its own, so that it costs the server nothing.

`python -m bench.load` reads a Load as JSON on stdin and prints what happened as JSON. Closed loop:
every connection sends its next request when the last one is answered. Open loop (`rate`): request
number i is due at i / rate, whether or not the server keeps up, and its latency counts from then;
so a stalled server cannot hide the requests that would have come meanwhile ("coordinated
omission").
"""

import asyncio
import gc
import sys
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from itertools import count, cycle
from time import perf_counter
from typing import Any, Final

import orjson

from bench import presses
from bench.alerts import requests

PATIENCE: Final = 20.0
"""Seconds the last answers may take after the end."""

TICK: Final = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What to send. It ends after `requests` or after `seconds`, whatever comes first.

    `first` is the number of the first alert; with `repeats` that many are sent over and over,
    without it each alert is sent once. `body`: a shape of bench.alerts; or `presses`, which are
    sent in `channel` and answered at `answers`.
    """

    port: int
    path: str = "/webhooks/alertmanager"
    first: int = 0
    repeats: int = 0
    connections: int = 128
    requests: int = 1_000_000
    seconds: float = 60.0
    rate: float = 0.0
    body: str = "webhook"
    channel: str = ""
    answers: str = ""


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What happened. `statuses` counts answers; `broken` are requests that got none."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0
    latencies: list[float] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        """As `Report` reads it."""
        answered = sum(self.statuses.values())
        good = sum(seen for status, seen in self.statuses.items() if 200 <= status < 300)
        return {
            "good": good,
            "bad": answered - good + self.broken,
            "seconds": self.seconds,
            "p50": percentile(self.latencies, 0.50),
            "p95": percentile(self.latencies, 0.95),
            "p99": percentile(self.latencies, 0.99),
            "worst": max(self.latencies, default=0.0),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The answers of a run: 2xx or not, and their latencies in seconds."""

    good: int
    bad: int
    seconds: float
    p50: float
    p95: float
    p99: float
    worst: float

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.good / self.seconds


class Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request under way."""

    def __init__(self, answered: Callable[["Connection", int], None]) -> None:
        self.answered = answered
        self.transport: Any = None
        self.buffer = b""
        self.sent_at = 0.0
        self.busy = False
        self.lost: Callable[[Connection], None] = lambda _: None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost(self)

    def send(self, request: bytes, since: float) -> None:
        self.sent_at, self.busy = since, True
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        if self.buffer:
            data = self.buffer + data
        end = data.find(b"\r\n\r\n")
        if end < 0 or len(data) < end + 4 + _length(data[:end]):
            self.buffer = data
            return
        self.buffer = b""
        self.busy = False
        self.answered(self, int(data[9:12]))


def _length(head: bytes) -> int:
    lowered = head.lower()
    place = lowered.find(b"\r\ncontent-length:")
    if place < 0:
        return 0
    return int(lowered[place + 17 :].split(b"\r\n", 1)[0])


class Generator:
    def __init__(self, load: Load) -> None:
        self.load = load
        self.next_request = _requests(load)
        self.outcome = Outcome()
        self.sent = 0
        self.began = self.ends = 0.0
        self.idle: deque[Connection] = deque()
        self.late: deque[float] = deque()
        self.open: set[Connection] = set()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> Outcome:
        loop = asyncio.get_running_loop()
        for _ in range(self.load.connections):
            _, connection = await loop.create_connection(
                lambda: Connection(self._answered), "127.0.0.1", self.load.port
            )
            connection.lost = self._lost
            self.open.add(connection)
        self.began = perf_counter()
        self.ends = self.began + self.load.seconds
        if self.load.rate:
            self.idle.extend(self.open)
            self._tick()
        else:
            for connection in list(self.open):
                self._next(connection)
        try:
            await asyncio.wait_for(self.done, self.load.seconds + PATIENCE)
        except TimeoutError:
            self.outcome.broken += sum(connection.busy for connection in self.open)
        self.outcome.seconds = perf_counter() - self.began
        for connection in list(self.open):
            connection.lost = lambda _: None
            connection.transport.abort()
        return self.outcome

    def _answered(self, connection: Connection, status: int) -> None:
        self.outcome.latencies.append(perf_counter() - connection.sent_at)
        self.outcome.statuses[status] += 1
        if not self.load.rate:
            self._next(connection)
        elif self.late:
            connection.send(self.next_request(), self.late.popleft())
        else:
            self.idle.append(connection)

    def _next(self, connection: Connection) -> None:
        now = perf_counter()
        if self.sent >= self.load.requests or now >= self.ends:
            self._retire(connection)
            return
        self.sent += 1
        connection.send(self.next_request(), now)

    def _tick(self) -> None:
        """Sends what is due; what finds no free connection waits, and its clock runs."""
        now = perf_counter()
        while self.sent < self.load.requests:
            due = self.began + self.sent / self.load.rate
            if due > now or due >= self.ends:
                break
            self.sent += 1
            if self.idle:
                self.idle.popleft().send(self.next_request(), due)
            else:
                self.late.append(due)
        answered = len(self.outcome.latencies) + self.outcome.broken == self.sent
        if (now >= self.ends or self.sent >= self.load.requests) and answered:
            self._finish()
            return
        asyncio.get_running_loop().call_later(TICK, self._tick)

    def _lost(self, connection: Connection) -> None:
        self.outcome.broken += connection.busy
        self._retire(connection)

    def _retire(self, connection: Connection) -> None:
        self.open.discard(connection)
        if connection.transport is not None:
            connection.lost = lambda _: None
            connection.transport.close()
        if not self.open:
            self._finish()

    def _finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)


def _requests(load: Load) -> Callable[[], bytes]:
    """The next request, each time it is called."""
    if load.body == "presses":
        make = presses.requests(load.path, load.port, load.channel, load.answers)
    else:
        make = requests(load.path, load.port, load.body)
    if not load.repeats:
        numbers = count(load.first)
        return lambda: make(next(numbers))
    ready = cycle([make(load.first + number) for number in range(load.repeats)])
    return lambda: next(ready)


def percentile(values: list[float], share: float) -> float:
    """The nearest rank; 0 of nothing."""
    if not values:
        return 0.0
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def main() -> None:
    load = Load(**orjson.loads(sys.stdin.buffer.read()))
    gc.disable()  # a pause of ours would look like one of theirs

    async def run() -> Outcome:
        return await Generator(load).run()

    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        outcome = runner.run(run())
    sys.stdout.buffer.write(orjson.dumps(outcome.report()))


def fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where it is installed: the lighter the load, the more is left for the server."""
    try:
        return import_module("uvloop").new_event_loop  # type: ignore[no-any-return]
    except ImportError:
        return None


if __name__ == "__main__":
    main()
