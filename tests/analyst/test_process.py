"""The other end of the socket: the real process, and its desk with a worker of our own."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from bot import frames
from bot.analyst import Desk, Workers
from bot.ports.analyst import Ability, Refused


class Adder:
    def facts(self) -> Mapping[str, Any]:
        return {"name": "adder"}

    async def do(self, verb: str, body: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        match verb:
            case "add":
                return {"sum": body["one"] + body["other"]}
            case "wait":
                await asyncio.Event().wait()
            case "shout":
                return {"said": "x" * 5_000_000}
            case "trip":
                raise ZeroDivisionError("token=xoxb-1")
        raise Refused("bad_job", f"I cannot {verb}.")

    async def close(self) -> None:
        self.closed = True


@asynccontextmanager
async def desk() -> AsyncIterator["Core"]:
    ours, theirs = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=theirs)
    core = Core(*await asyncio.open_connection(sock=ours))
    at = Desk(Workers({Ability.MODEL: Adder()}), writer)

    async def listen() -> None:
        while (message := await frames.read(reader)) is not None:
            at.take(message)

    listening = asyncio.create_task(listen())
    try:
        yield core
    finally:
        listening.cancel()
        await at.close()
        writer.close()
        core.writer.close()


class Core:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def asks(self, kind: str, body: Mapping[str, Any], seconds: float = 20) -> Any:
        message = {"id": 7, "kind": kind, "body": body, "seconds": seconds}
        self.writer.write(frames.packed(message))
        return await frames.read(self.reader)


async def test_a_job_is_handed_to_its_worker():
    async with desk() as core:
        answer = await core.asks("model.add", {"one": 1, "other": 2})
        assert answer == {"id": 7, "result": {"sum": 3}}
        assert await core.asks("beat", {}) == {"id": 7, "result": {}}


async def test_what_goes_wrong_is_an_answer_and_names_no_secret():
    async with desk() as core:
        for kind, code in (
            ("model.dance", "bad_job"),
            ("vectors.find", "bad_job"),
            ("nobody.knows", "bad_job"),
            ("model.shout", "too_large"),
            ("model.trip", "failed"),
        ):
            answer = await core.asks(kind, {})
            assert answer["refused"]["code"] == code, kind
            assert "xoxb" not in str(answer)
        answer = await core.asks("model.wait", {}, seconds=0.01)
        assert answer["refused"]["code"] == "timeout"


async def test_the_process_says_what_it_is_able_to_do_and_ends_with_its_socket():
    ours, theirs = socket.socketpair()
    environment = {**os.environ, "MUSTER_ENV": "dev", "MUSTER_KNOWLEDGE__EMBEDDING": "none"}
    with theirs:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.analyst", str(theirs.fileno())),
            pass_fds=[theirs.fileno()],
            env=environment,
        )
    reader, writer = await asyncio.open_connection(sock=ours)
    async with asyncio.timeout(60):
        assert await frames.read(reader) == {"version": 1, "facts": {}}
        writer.close()
        assert await child.wait() == 0
