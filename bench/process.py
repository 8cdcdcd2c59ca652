"""How soon it answers, and how much memory it holds while nothing happens."""

import http.client
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

from bench.alerts import body
from bench.databases import sqlite
from bench.figure import Figure
from bench.servers import Server, muster

IDLE = 10.0


def figures(folder: Path, *, boots: int) -> Iterator[Figure]:
    database = sqlite(folder / "boot.db")
    times = [_boot(muster(folder, database), number) for number in range(boots + 1)][1:]
    yield Figure(
        name="boot to the first 202",
        value=median(times),
        unit="s",
        target=0.5,
        at_least=False,
        spread=f"{min(times):.2f} to {max(times):.2f} s",
    )
    with muster(folder, database) as ours:
        sleep(IDLE)
        yield Figure(
            name="idle memory of the core",
            value=ours.resident(),
            unit="MB",
            target=90,
            at_least=False,
        )


def _boot(server: Server, number: int) -> float:
    """Seconds from the start of the process to its first 202."""
    begun = perf_counter()
    server.start()
    try:
        while perf_counter() - begun < 30:
            try:
                if _post(server.port, number) == 202:
                    return perf_counter() - begun
            except OSError:
                sleep(0.003)
        raise RuntimeError("it did not start")
    finally:
        server.stop()


def _post(port: int, number: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/webhooks/alertmanager", body(number), headers)
        return connection.getresponse().status
    finally:
        connection.close()
