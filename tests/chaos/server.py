"""The real server as a child process, which may be killed at any moment and started again."""

import asyncio
import os
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from itertools import zip_longest
from math import inf
from pathlib import Path
from typing import Final

import aiohttp

ROOT: Final = Path(__file__).parents[2]
BOOT: Final = 60.0
"""Seconds until a server on a busy machine must answer."""

SECRET = "the pages of one start work after the next"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class Server:
    """One address that a Muster answers at, now and then. Times are seconds since 1970."""

    config: Path
    database_url: str
    log: Path
    port: int = field(default_factory=free_port)
    wrap: tuple[str, ...] = ()
    kills: int = 0
    starts: int = 0
    went_down: list[float] = field(default_factory=lambda: [0.0])
    came_up: list[float] = field(default_factory=list)
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def down(self) -> list[tuple[float, float]]:
        """(from, until) of each time when nobody decided about timers here."""
        return list(zip_longest(self.went_down, self.came_up, fillvalue=inf))

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.returncode is None

    async def start(self, failpoints: str = "") -> bool:
        """False where it died before it was ready, which an armed failpoint may well do."""
        await self.launch(failpoints)
        return await self.ready()

    async def launch(self, failpoints: str = "") -> None:
        assert not self.running
        self.starts += 1
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.wrap,
                sys.executable,
                "-m",
                "bot",
                "serve",
                cwd=ROOT,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment(failpoints),
            )

    def _environment(self, failpoints: str) -> dict[str, str]:
        kept = {name: said for name, said in os.environ.items() if not name.startswith("MUSTER_")}
        return {
            **kept,
            "MUSTER_ENV": "dev",
            "MUSTER_PORT": str(self.port),
            "MUSTER_DATABASE_URL": self.database_url,
            "MUSTER_CONFIG": str(self.config),
            "MUSTER_FAILPOINTS": failpoints,
            "MUSTER_LOG_FORMAT": "json",
            "MUSTER_SECRET_KEY": SECRET,
            "MUSTER_KNOWLEDGE__EMBEDDING": "none",
        }

    async def ready(self) -> bool:
        async with asyncio.timeout(BOOT), aiohttp.ClientSession() as session:
            while self.running:
                try:
                    async with session.get(f"{self.url}/ready") as answer:
                        if answer.status == 200:
                            self.came_up.append(time.time())
                            return True
                except (aiohttp.ClientError, OSError):
                    pass
                await asyncio.sleep(0.02)
        await self.wait()
        return False

    async def kill(self) -> None:
        """kill -9: nothing is said, nothing is finished."""
        if self.process is not None and self.running:
            self.process.send_signal(signal.SIGKILL)
        await self.wait()

    async def stop(self) -> int:
        """SIGTERM, and the exit status."""
        if self.process is not None and self.running:
            self.process.send_signal(signal.SIGTERM)
        return await self.wait()

    async def wait(self) -> int:
        """Until it is gone; notes whether it was killed."""
        assert self.process is not None
        status = await self.process.wait()
        self.kills += status == -signal.SIGKILL
        if len(self.went_down) == len(self.came_up):
            self.went_down.append(time.time())
        return status

    def said(self) -> str:
        """Everything it wrote to its log so far."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""
