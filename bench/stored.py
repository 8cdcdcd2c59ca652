"""REST with a hundred thousand incidents stored: creating, listing, searching."""

import http.client
import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.databases import sqlite
from bench.figure import Figure
from bench.load import Load
from bench.servers import Server, muster, settled

STORED = 100_000
SAMPLE = 1_000
TRIES = 25


def figures(folder: Path, *, stored: int = STORED) -> Iterator[Figure]:
    """p50 of whole requests on one connection, the client's own time included."""
    file = folder / "stored.db"
    with muster(folder, sqlite(file)) as ours:
        ours.load(Load(port=ours.port, requests=SAMPLE, first=1, seconds=60))
        settled(ours)
    _multiply(file, stored)
    with muster(folder, sqlite(file)) as ours:
        settled(ours)
        asked = _Asking(ours)
        yield _figure("create", 5, lambda n: asked.post({"title": f"disk {n} is full"}))
        yield _figure("list of 1,000", 50, lambda n: asked.get("/api/v1/incidents?limit=1000"))
        yield _figure(
            "search", 20, lambda n: asked.get(f"/api/v1/search?kind=incident&q=latency+checkout{n}")
        )


def _figure(name: str, target: float, ask: Callable[[int], None]) -> Figure:
    times = []
    for number in range(TRIES):
        begun = perf_counter()
        ask(number)
        times.append(perf_counter() - begun)
    return Figure(
        name=f"{name}, {STORED:,} stored",
        value=median(times) * 1000,
        unit="ms",
        target=target,
        at_least=False,
        spread=f"best {min(times) * 1000:.1f} ms",
    )


class _Asking:
    def __init__(self, server: Server) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)

    def get(self, path: str) -> None:
        self._ask("GET", path, None)

    def post(self, body: object) -> None:
        self._ask("POST", "/api/v1/incidents", json.dumps(body))

    def _ask(self, method: str, path: str, body: str | None) -> None:
        headers = {"Content-Type": "application/json"} if body else {}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        said = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {said[:200]!r}")


def _multiply(file: Path, stored: int) -> None:
    """Copies the sample's incidents under new numbers until there are enough; as resolved ones."""
    with sqlite3.connect(file) as database:
        names = [row[1] for row in database.execute("PRAGMA table_info(incidents)")]
        rest = ", ".join(n for n in names if n not in ("number", "status"))
        for turn in range(1, stored // SAMPLE):
            shift = turn * SAMPLE
            database.execute(
                f"INSERT INTO incidents(number, status, {rest})"
                f" SELECT number + {shift}, 'RESOLVED', {rest}"
                f" FROM incidents WHERE number <= {SAMPLE}"
            )
            database.execute(
                "INSERT INTO incident_search(rowid, title, body)"
                f" SELECT number, title || ' checkout' || {turn}, description FROM incidents"
                f" WHERE number > {shift} AND number <= {shift + SAMPLE}"
            )
        database.execute(
            "UPDATE facts SET value = ? WHERE name = 'last_number'", (str(stored + SAMPLE),)
        )
        database.execute("ANALYZE")
