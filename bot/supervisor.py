"""The core's side of the analyst: starts it, listens to it, and kills it when it hangs.

They speak over a socket pair that only the two of them hold (bot/frames.py). The analyst says first
what it is able to do; then every job gets one answer, in any order. Nothing it sends is trusted:
what is no message, too large, or unasked ends it. It runs with less right to the processor than the
core, since answers may wait and alerts may not. When the core dies the socket closes, and with it
the analyst ends.
"""

import asyncio
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any, Final, Protocol

import structlog

from bot import frames
from bot.ports.analyst import Ability, Job, Refused, Unavailable

log = structlog.get_logger()

LATER: Final = 1.5
"""Seconds after the doors opened until it is started: whoever starts Muster wants it to hear."""

STARTING: Final = 60.0
"""Seconds that it may take to say what it is able to do; libraries and weights are large."""

BEATS: Final = 10.0
"""Seconds between two questions whether it still listens, and how long it may take to answer."""

WAITING: Final = 64
"""Jobs under way; more are refused at once, so that nobody queues behind a slow model."""

BACKOFF: Final[Sequence[float]] = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Seconds before it is started again; from the beginning once it has done a job."""

VERSION: Final = 1


class Child(Protocol):
    """A started process, as asyncio gives it."""

    @property
    def returncode(self) -> int | None: ...
    def kill(self) -> None: ...
    async def wait(self) -> int: ...


def command(descriptor: int) -> Sequence[str]:
    """How the analyst is started; it finds its settings where the core found them."""
    return (sys.executable, "-m", "bot.analyst", str(descriptor))


class Supervisor:
    """Is the port `Analyst` for the core. `run` is its loop; without it nobody is ever there.

    `environment`: of the process that it starts. `observe` hears of each job's kind and seconds.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        command: Callable[[int], Sequence[str]] = command,
        observe: Callable[[str, float], None] = lambda kind, seconds: None,
        later: float = LATER,
        beats: float = BEATS,
        backoff: Sequence[float] = BACKOFF,
    ) -> None:
        self._environment, self._command, self._observe = environment, command, observe
        self._later, self._beats, self._backoff = later, beats, backoff
        self._facts: Mapping[str, Any] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._waiting: dict[int, asyncio.Future[Mapping[str, Any]]] = {}
        self._ids = count(1)
        self._useful = False
        self.starts = 0
        """How often it was started."""

        self.pid: int | None = None

    # what the engine sees

    def facts(self, ability: Ability) -> Mapping[str, Any] | None:
        return self._facts.get(ability)

    async def do(self, job: Job) -> Mapping[str, Any]:
        if self.facts(job.ability) is None or len(self._waiting) >= WAITING:
            raise Unavailable
        now = asyncio.get_running_loop().time
        begun = now()
        try:
            answer = await self._ask(
                {"kind": job.kind, "body": job.body, "seconds": job.seconds}, job.seconds
            )
        finally:
            self._observe(job.kind, now() - begun)
        self._useful = True
        return answer

    # its life

    async def run(self) -> None:
        """Until it is cancelled; the analyst ends with it."""
        await asyncio.sleep(self._later)
        failures = 0
        while True:
            self._useful = False
            try:
                await self._live()
            except Exception:
                log.exception("analyst_not_started")
            failures = 1 if self._useful else failures + 1
            await asyncio.sleep(self._backoff[min(failures, len(self._backoff)) - 1])

    async def _live(self) -> None:
        """One life of it, from its start to its end."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            child = await self._born(theirs)
            theirs.close()
            try:
                why = await self._converse(ours)
            finally:
                self._forget()
                await _end(child)
        log.warning("analyst_ended", why=why, status=child.returncode)

    async def _born(self, theirs: socket.socket) -> Child:
        """Who is cancelled meanwhile still ends what was started."""
        starting = asyncio.ensure_future(
            asyncio.create_subprocess_exec(
                *self._command(theirs.fileno()),
                pass_fds=[theirs.fileno()],
                stdin=asyncio.subprocess.DEVNULL,
                env=dict(self._environment),
            )
        )
        try:
            child = await asyncio.shield(starting)
        except asyncio.CancelledError:
            child = await starting
            child.kill()
            await child.wait()
            raise
        self.starts += 1
        self.pid = child.pid
        return child

    async def _converse(self, ours: socket.socket) -> str:
        """Listens until it ends, and says why."""
        reader, writer = await asyncio.open_connection(sock=ours, limit=frames.LARGEST)
        try:
            async with asyncio.timeout(STARTING):
                said = await frames.read(reader)
            if said is None:
                return "it ended before it said anything"
            self._introduced(said)
            self._writer = writer
            beat = asyncio.create_task(self._beat(writer), name="analyst-beat")
            try:
                while (message := await frames.read(reader)) is not None:
                    self._answered(message)
            finally:
                beat.cancel()
        except TimeoutError:
            return "it did not say what it is able to do"
        except frames.Garbage as garbage:
            return f"it talked nonsense: {garbage}"
        finally:
            writer.transport.abort()  # what it did not read yet is nothing to wait for
        return "it ended"

    def _introduced(self, said: Mapping[str, Any]) -> None:
        facts = said.get("facts")
        if said.get("version") != VERSION or not isinstance(facts, dict):
            raise frames.Garbage("another version")
        known = {ability.value: facts.get(ability.value) for ability in Ability}
        self._facts = {name: one for name, one in known.items() if isinstance(one, dict)}
        log.info("analyst_ready", **self._facts)

    async def _beat(self, writer: asyncio.StreamWriter) -> None:
        """Asks now and then whether it still listens; who does not answer hangs."""
        while True:
            await asyncio.sleep(self._beats)
            try:
                await self._ask({"kind": "beat", "body": {}, "seconds": self._beats}, self._beats)
            except (Unavailable, Refused):
                log.warning("analyst_hangs")
                writer.transport.abort()
                return

    def _answered(self, message: Mapping[str, Any]) -> None:
        id = message.get("id")
        waiting = self._waiting.get(id) if isinstance(id, int) else None
        if waiting is None or waiting.done():
            return  # nobody waits for it any more
        refused, result = message.get("refused"), message.get("result")
        if isinstance(refused, dict):
            code, reason = str(refused.get("code", "")), str(refused.get("reason", ""))
            waiting.set_exception(Refused(code, reason))
        elif isinstance(result, dict):
            waiting.set_result(result)
        else:
            raise frames.Garbage("an answer without a result")

    def _forget(self) -> None:
        self._facts, self._writer, self.pid = {}, None, None
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(Unavailable())

    async def _ask(self, message: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        writer = self._writer
        if writer is None:
            raise Unavailable
        id = next(self._ids)
        answer: asyncio.Future[Mapping[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[id] = answer
        try:
            packet = frames.packed({"id": id, **message})
            async with asyncio.timeout(seconds):
                writer.write(packet)
                await writer.drain()
                return await answer
        except ValueError as wrong:
            raise Refused("too_large", str(wrong)) from None
        except (TimeoutError, ConnectionError):
            raise Unavailable from None
        finally:
            self._waiting.pop(id, None)
            if answer.done() and not answer.cancelled():
                answer.exception()  # somebody has looked at it


async def _end(child: Child) -> None:
    """It ends by itself when its socket closes, unless it hangs."""
    try:
        async with asyncio.timeout(1.0):
            await child.wait()
    except (TimeoutError, asyncio.CancelledError):
        if child.returncode is None:
            child.kill()
        await child.wait()
