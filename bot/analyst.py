"""The analyst: the process where models and vectors live. The other composition root.

`python -m bot.analyst DESCRIPTOR` is started by the core (bot/supervisor.py), which holds the other
end of the socket; when that closes, this process ends. It has no database and no way to do anything
to an incident: it gets jobs and returns what came of them. Large libraries load here and only here.
"""

import asyncio
import os
import socket
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol

import structlog

from bot import frames
from bot.domain.errors import ConfigError
from bot.ports.analyst import Ability, Refused
from bot.supervisor import VERSION
from bot.telemetry import set_up_logs
from config.settings import Settings, load_settings

log = structlog.get_logger()

WORKERS: Final[Mapping[Ability, str]] = {
    Ability.MODEL: "bot.llm:connect",
    Ability.VECTORS: "storage.vectors:connect",
}
"""Who does the work of each ability, and how it is made: `connect(settings, folder)`."""

AFTER_THE_CORE: Final = 10
"""How much nicer than the core this process is: answers may wait, alerts may not."""

ENDING: Final = 2.0
"""Seconds that workers get to close."""


class Worker(Protocol):
    """Does the jobs of one ability; what takes long in threads, so that it stays responsive."""

    def facts(self) -> Mapping[str, Any]:
        """What it is able to do, in a few words."""
        ...

    async def do(self, verb: str, body: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        """Raises `Refused` where it cannot."""
        ...

    async def close(self) -> None: ...


Connect = Callable[[Settings, Path], Worker | None]
"""Makes a worker; None where nothing is set up for it. `ConfigError` says what is missing."""


def main(arguments: list[str], environment: Mapping[str, str]) -> int:
    settings = load_settings(environment)
    set_up_logs(level=settings.log_level, json=settings.log_format == "json")
    os.nice(AFTER_THE_CORE)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    """Embeddings compute on one processor: alerts need the others."""
    asyncio.run(serve(int(arguments[0]), settings))
    return 0


async def serve(descriptor: int, settings: Settings) -> None:
    """Answers jobs until the core closes its end."""
    core = socket.socket(fileno=descriptor)
    reader, writer = await asyncio.open_connection(sock=core, limit=frames.LARGEST)
    workers = await Workers.connect(settings)
    desk = Desk(workers, writer)
    await desk.say({"version": VERSION, "facts": workers.facts()})
    try:
        while (message := await frames.read(reader)) is not None:
            desk.take(message)
    finally:
        await desk.close()


class Workers:
    """Hands each job to whoever does it, and always answers."""

    def __init__(self, workers: Mapping[Ability, Worker]) -> None:
        self._workers = workers

    @classmethod
    async def connect(cls, settings: Settings) -> "Workers":
        """Those that are set up here; loading what they need takes seconds."""
        made = {
            ability: await asyncio.to_thread(_made, ability, path, settings)
            for ability, path in WORKERS.items()
        }
        return cls({ability: worker for ability, worker in made.items() if worker is not None})

    def facts(self) -> dict[str, Any]:
        return {ability.value: worker.facts() for ability, worker in self._workers.items()}

    async def answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """To a job's `kind body seconds` its `result`, or `refused` with a code and a reason."""
        try:
            return {"result": await self._result(message)}
        except Refused as refused:
            return {"refused": {"code": refused.code, "reason": refused.reason}}
        except TimeoutError:
            return {"refused": {"code": "timeout", "reason": "it took too long"}}
        except Exception as wrong:
            log.exception("job_failed", kind=message.get("kind"))
            return {"refused": {"code": "failed", "reason": type(wrong).__name__}}

    async def _result(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        kind = str(message["kind"])
        if kind == "beat":
            return {}
        ability, _, verb = kind.partition(".")
        worker = self._workers.get(Ability(ability)) if ability in set(Ability) else None
        if worker is None:
            raise Refused("bad_job", f"nobody here does {kind}")
        seconds = float(message["seconds"])
        async with asyncio.timeout(seconds):
            return await worker.do(verb, message["body"], seconds)

    async def close(self) -> None:
        try:
            async with asyncio.timeout(ENDING):
                for worker in self._workers.values():
                    await worker.close()
        except TimeoutError:
            log.warning("analyst_closed_late")


def _made(ability: Ability, path: str, settings: Settings) -> Worker | None:
    """A worker that cannot be made must not keep the other from working."""
    module, _, name = path.partition(":")
    try:
        connect: Connect = getattr(import_module(module), name)
        return connect(settings, settings.vectors_folder)
    except ConfigError as missing:
        log.warning("analyst_without", ability=ability.value, why=str(missing))
    except ImportError as missing:
        why = f"{missing.name or missing} is missing: install muster[ai]."
        log.warning("analyst_without", ability=ability.value, why=why)
    except Exception:
        log.exception("analyst_without", ability=ability.value)
    return None


class Desk:
    """Takes jobs from the core and gives answers back; jobs do not wait for each other."""

    def __init__(self, workers: Workers, writer: asyncio.StreamWriter) -> None:
        self._workers, self._writer = workers, writer
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, message: Mapping[str, Any]) -> None:
        task = asyncio.create_task(self._carry_out(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry_out(self, message: Mapping[str, Any]) -> None:
        await self.say({"id": message.get("id"), **await self._workers.answer(message)})

    async def say(self, message: Mapping[str, Any]) -> None:
        try:
            packet = frames.packed(message)
        except ValueError as wrong:
            refused = {"code": "too_large", "reason": str(wrong)}
            packet = frames.packed({"id": message.get("id"), "refused": refused})
        self._writer.write(packet)
        await self._writer.drain()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self._workers.close()


if __name__ == "__main__":
    try:
        status = main(sys.argv[1:], os.environ)
    except (KeyboardInterrupt, ConfigError):
        status = 1
    sys.stdout.flush()
    os._exit(status)  # a thread that still computes must not keep it alive
