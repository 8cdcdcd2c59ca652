"""Floors: the least that a program doing this job must do, written plainly and to be fast.

Each is one aiohttp process that reads a request, parses its JSON with orjson and answers 202 with a
little JSON; the latter two only after a commit that holds it. `python -m bench.floors NAME PORT
[DATABASE]` runs one until SIGTERM.

- `bare` keeps nothing.
- `journal` appends the body to an SQLite table (WAL, synchronous=FULL). Requests that arrive while
  one transaction runs share the next.
- `upsert` counts the alert by its fingerprint in PostgreSQL: one `INSERT … ON CONFLICT DO UPDATE`
  per transaction for all requests that arrived while the one before ran. It keeps neither the body
  nor what was decided about it, and needs one journey to the database where a decision needs four;
  so it is a hard floor.
"""

import asyncio
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import time
from typing import Any, Final

import asyncpg
import orjson
from aiohttp import web

PATH: Final = "/webhooks/alertmanager"
ACCEPTED: Final = {"status": "accepted"}

Arrived = tuple[bytes, Any]
Commit = Callable[[list[Arrived]], Awaitable[None]]


class Group:
    """Requests that arrive while a transaction runs share the next one."""

    def __init__(self, commit: Commit) -> None:
        self.commit = commit
        self.waiting: list[tuple[Arrived, asyncio.Future[None]]] = []
        self.arrived = asyncio.Event()

    async def add(self, body: bytes, value: Any) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(((body, value), done))
        self.arrived.set()
        await done

    async def run(self) -> None:
        while True:
            await self.arrived.wait()
            self.arrived.clear()
            taken, self.waiting = self.waiting, []
            await self.commit([arrived for arrived, _ in taken])
            for _, done in taken:
                done.set_result(None)


def journal(path: str) -> Commit:
    """One row per request, in a thread, since sqlite3 blocks."""
    thread = ThreadPoolExecutor(1)
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}")
    database.execute(
        "CREATE TABLE IF NOT EXISTS journal"
        "(id INTEGER PRIMARY KEY, received_at REAL NOT NULL, body BLOB NOT NULL)"
    )

    def write(rows: list[tuple[float, bytes]]) -> None:
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO journal(received_at, body) VALUES (?, ?)", rows)
        database.execute("COMMIT")

    async def commit(arrived: list[Arrived]) -> None:
        now = time()
        rows = [(now, body) for body, _ in arrived]
        await asyncio.get_running_loop().run_in_executor(thread, write, rows)

    return commit


async def upsert(url: str) -> Commit:
    """One statement for all alerts; those that come twice at once are added up first."""
    database = await asyncpg.connect(url)
    await database.execute(
        "CREATE TABLE IF NOT EXISTS alerts (fingerprint text PRIMARY KEY, status text NOT NULL,"
        " labels jsonb NOT NULL, count integer NOT NULL, last_seen timestamptz NOT NULL)"
    )
    statement = await database.prepare(
        "INSERT INTO alerts SELECT f, s, l::jsonb, c, now() FROM"
        " unnest($1::text[], $2::text[], $3::text[], $4::int[]) AS t(f, s, l, c) ORDER BY f"
        " ON CONFLICT (fingerprint) DO UPDATE SET status = excluded.status,"
        " labels = excluded.labels, count = alerts.count + excluded.count,"
        " last_seen = excluded.last_seen"
    )

    async def commit(arrived: list[Arrived]) -> None:
        alerts = [alert for _, group in arrived for alert in group["alerts"]]
        counts = Counter(alert["fingerprint"] for alert in alerts)
        latest = {alert["fingerprint"]: alert for alert in alerts}
        await statement.fetch(
            list(latest),
            [alert["status"] for alert in latest.values()],
            [orjson.dumps(alert["labels"]).decode() for alert in latest.values()],
            [counts[fingerprint] for fingerprint in latest],
        )

    return commit


async def serve(name: str, port: int, database: str) -> None:
    group: Group | None = None
    if name == "journal":
        group = Group(journal(database))
    elif name == "upsert":
        group = Group(await upsert(database))

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        value = orjson.loads(body)
        if group is not None:
            await group.add(body, value)
        return web.Response(
            body=orjson.dumps(ACCEPTED), status=202, content_type="application/json"
        )

    application = web.Application()
    application.router.add_post(PATH, take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    writer = asyncio.create_task(group.run()) if group is not None else None
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    await runner.cleanup()
    if writer is not None:
        writer.cancel()
        with suppress(asyncio.CancelledError):
            await writer


if __name__ == "__main__":
    said, number, *where = sys.argv[1:]
    asyncio.run(serve(said, int(number), where[0] if where else ""))
