"""A run: servers, sources and a receiver, and what to do to them."""

import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, or_, select, update

from storage import tables as t
from storage.database import open_database
from tests.chaos.config import write_config
from tests.chaos.load import Load
from tests.chaos.oracle import Verdict, Witness, judge, overlaps
from tests.chaos.oracle.timers import Span
from tests.chaos.receiver import Receiver, receiver
from tests.chaos.server import Server

LONGEST: Final = 5.0
TICK: Final = 0.05
STARVED: Final = 0.25
"""A share of the time that a server wanted to run and was not let: others had the machine."""


@dataclass
class Run:
    url: str
    servers: list[Server]
    load: Load
    receiver: Receiver
    stalls: list[Span] = field(default_factory=list)
    interruptions: list[float] = field(default_factory=list)

    @property
    def server(self) -> Server:
        return self.servers[0]

    @property
    def kills(self) -> int:
        return sum(server.kills for server in self.servers)

    # what is done to it

    async def kill(self, server: Server) -> None:
        self.interruptions.append(time.time())
        await server.kill()

    async def cycle(self, server: Server, dice: random.Random, most: int = 25) -> None:
        """Accepts up to `most` requests, is killed in the midst of it, and started again."""
        enough = len(self.load.accepted) + dice.randint(0, most)
        until = time.monotonic() + LONGEST
        while len(self.load.accepted) < enough and time.monotonic() < until:
            await asyncio.sleep(0.005)
        await asyncio.sleep(dice.uniform(0, 0.02))
        self.load.broken()
        await self.kill(server)
        await start(server)

    async def died(self, patience: float) -> bool:
        """Waits until the server dies of itself."""
        until = time.monotonic() + patience
        while self.server.running and time.monotonic() < until:
            self.load.broken()
            await asyncio.sleep(0.01)
        if self.server.running:
            return False
        self.interruptions.append(time.time())
        await self.server.wait()
        return True

    async def stop(self) -> None:
        """SIGTERM to everybody."""
        for server in self.servers:
            if server.running:
                self.interruptions.append(time.time())
                assert await server.stop() == 0, server.said()[-3000:]

    async def let_leases_run_out(self) -> None:
        """While no server runs: whoever was killed had claimed what is claimed now."""
        assert not any(server.running for server in self.servers)
        database = open_database(self.url)
        try:
            async with database.writer.begin() as connection:
                await connection.execute(update(t.effects).values(claimed_until=None))
        finally:
            await database.close()

    # how it ends

    async def settle(self, *, patience: float = 60.0, bundles: bool = False) -> None:
        """Sources finish, then the clocks that still run, then the outbox is emptied.

        `patience`: seconds without any progress. `bundles`: pages that wait a minute for the one
        before them are waited for too. If it does not come to rest, the oracle says what waits.
        """
        async with asyncio.timeout(patience):
            await self.load.finish()
        least, until = 1 << 62, time.monotonic() + patience
        while (left := await self._busy(bundles=bundles)) and time.monotonic() < until:
            if left < least:
                least, until = left, time.monotonic() + patience
            await asyncio.sleep(0.2)

    async def _busy(self, *, bundles: bool) -> int:
        soon = datetime.now(UTC) + timedelta(minutes=5)
        e, ti = t.effects.c, t.timers.c
        waits = e.state == "pending"
        if not bundles:  # a page after a page to the same person waits for a minute
            done = t.effects.alias()
            told = select(done.c.ordering).where(done.c.state == "done")
            people = ("Page", "DirectMessage", "Notify")
            waits &= or_(
                e.claimed_until.is_not(None), e.kind.not_in(people), e.ordering.not_in(told)
            )
        database = open_database(self.url)
        try:
            async with database.reading() as connection:
                timers = select(func.count()).where(ti.state == "pending", ti.due_at < soon)
                effects = select(func.count()).where(waits, e.due_at < soon)
                return sum([(await connection.execute(q)).scalar_one() for q in (timers, effects)])
        finally:
            await database.close()

    async def judge(self, *, settled: bool = True) -> Verdict:
        away = overlaps([server.down for server in self.servers])
        witness = Witness(self.load, self.receiver, away, self.stalls, self.interruptions)
        return await judge(self.url, witness, settled=settled)

    async def watch_machine(self) -> None:
        """Notes when this machine had no time for us; nobody is on time then."""
        before, waited = time.time(), self._waited()
        while True:
            await asyncio.sleep(TICK)
            now, waiting = time.time(), self._waited()
            starved = any(waiting[n] - waited.get(n, 0) > STARVED * (now - before) for n in waiting)
            if starved or now - before > 3 * TICK:
                self.stalls.append((before, now))
            before, waited = now, waiting

    def _waited(self) -> dict[int, float]:
        """Seconds that each running server has waited for a processor so far."""
        return {
            server.process.pid: waited_for_processor(server.process.pid)
            for server in self.servers
            if server.running and server.process is not None
        }


async def start(server: Server, failpoints: str = "") -> None:
    """Starts it, again where it must."""
    for _ in range(3):
        if await server.start(failpoints):
            return
    raise AssertionError(f"the server does not start:\n{server.said()[-3000:]}")


@asynccontextmanager
async def chaos(
    folder: Path, url: str, *, replicas: int = 1, seed: int = 7, workers: int = 3
) -> AsyncIterator[Run]:
    """Servers that run, and sources that send."""
    async with receiver() as hooks:
        config = write_config(folder / "config", hooks.url)
        servers = [Server(config, url, folder / f"server-{n}.log") for n in range(replicas)]
        load = Load([server.url for server in servers], seed=seed, workers=workers)
        run = Run(url, servers, load, hooks)
        machine = asyncio.create_task(run.watch_machine())
        try:
            for server in servers:
                await start(server)
            async with load:
                yield run
        finally:
            machine.cancel()
            await asyncio.gather(*(server.kill() for server in servers if server.running))


def waited_for_processor(process: int) -> float:
    """Seconds; https://docs.kernel.org/scheduler/sched-stats.html, 0.0 where it is not kept."""
    try:
        tasks = [*Path(f"/proc/{process}/task").iterdir()]
        return sum(int((task / "schedstat").read_text().split()[1]) for task in tasks) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def tell(run: Run, verdict: Verdict, began: float) -> None:
    """One line of numbers."""
    seconds = time.monotonic() - began
    sys.stdout.write(f"\n{run.kills} kills in {seconds:.0f} s: {verdict}\n")


def in_turn(servers: Sequence[Server], number: int) -> Server:
    return servers[number % len(servers)]
