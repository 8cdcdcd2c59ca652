"""The server: how it behaves is its `mode`, what it says is its `answers`."""

import asyncio
import gzip
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from aiohttp import web

from tests.fakes.llm.answers import Answer, as_text, obedient, plainest
from tests.fakes.llm.dialects.openai import OPENAI
from tests.fakes.llm.wire import Asked, Dialect, bearer, tokens

DIMENSIONS = 32


class Mode(StrEnum):
    GOOD = "answers"
    SLOW = "answers when `release` is set"
    HANGING = "never answers"
    GARBAGE = "answers ten megabytes of noise"
    PACKED = "answers fifty megabytes, packed into fifty thousand bytes"
    ENDLESS = "begins to answer and never ends"
    ELSEWHERE = "sends whoever asks to another address"
    BUSY = "says 429"
    BROKEN = "says 500"
    WRONG = "answers JSON of another shape"
    CHATTY = "answers prose where JSON was asked for"
    REFUSING = "declines, as a model may"
    OBEDIENT = "does whatever any text in the prompt tells it to"


@dataclass
class ModelServer:
    """`answers` are said one after the other, then `answer` computes them.

    `heard` are the requests that were good, `said` the answers to them; `complaints`, why others
    were refused. `modes` hold for the next requests, one each, then `mode`. `date` is what a busy
    server takes the time for.
    """

    url: str = ""
    dialect: Dialect = OPENAI
    mode: Mode = Mode.GOOD
    modes: deque[Mode] = field(default_factory=deque)
    answers: deque[Any] = field(default_factory=deque)
    answer: Answer = plainest
    retry_after: str = "1"
    date: datetime | None = None
    heard: list[Asked] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    tried: int = 0
    at_once: int = 0
    most_at_once: int = 0
    release: asyncio.Event = field(default_factory=asyncio.Event)
    known: frozenset[str] | None = None

    async def chat(self, request: web.Request) -> web.StreamResponse:
        self.tried += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._chat(request)
        finally:
            self.at_once -= 1

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        if (refused := self._stranger(request, self.dialect.admits(request))) is not None:
            return refused
        body = json.loads(await request.read())
        if wrong := self.dialect.complaint(body, request):
            return self._refuse(400, wrong)
        asked = self.dialect.read(body, request)
        if self.known is not None and asked.model not in self.known:
            return self._refuse(404, f"The model `{asked.model}` does not exist")
        return await self._good(request, asked)

    async def _good(self, request: web.Request, asked: Asked) -> web.StreamResponse:
        self.heard.append(asked)
        mode = self.modes.popleft() if self.modes else self.mode
        if mode in BADLY:
            return await BADLY[mode](self, request)
        if mode is Mode.SLOW:
            await self.release.wait()
        said = self._said(asked, mode)
        if asked.stream:
            return await self._streamed(request, asked, said)
        return web.json_response(self.dialect.answer(asked, said))

    def _said(self, asked: Asked, mode: Mode) -> str:
        self.said.append(self._says(asked, mode))
        return self.said[-1]

    def _says(self, asked: Asked, mode: Mode) -> str:
        if mode is Mode.OBEDIENT:
            return as_text(obedient(asked))
        if mode is Mode.WRONG:
            return '{"entirely": ["another", "shape"]}'
        if mode is Mode.CHATTY:
            return "Sure! Here is what I think about it."
        return as_text(self.answers.popleft() if self.answers else self.answer(asked))

    async def _streamed(
        self, request: web.Request, asked: Asked, content: str
    ) -> web.StreamResponse:
        reply = web.StreamResponse(headers={"Content-Type": self.dialect.stream_type})
        await reply.prepare(request)
        for piece in self.dialect.streamed(asked, content):
            await reply.write(piece.encode())
        return reply

    def _stranger(self, request: web.Request, admitted: bool) -> web.Response | None:
        if not admitted:
            return self._refuse(401, "Incorrect API key provided")
        if request.content_type != "application/json":
            return self._refuse(415, f"the content type is {request.content_type}")
        return None

    def _refuse(self, status: int, why: str) -> web.Response:
        self.complaints.append(why)
        return web.json_response(self.dialect.error(status, why), status=status)

    async def embeddings(self, request: web.Request) -> web.StreamResponse:
        """The same text has the same vector, and no two texts do."""
        if (refused := self._stranger(request, bearer(request))) is not None:
            return refused
        body = await request.json()
        said = body.get("input")
        texts = [said] if isinstance(said, str) else said
        if not isinstance(texts, list) or not texts or not body.get("model"):
            return self._refuse(400, "input and model are needed")
        data = [
            {"object": "embedding", "index": n, "embedding": _vector(str(text))}
            for n, text in enumerate(texts)
        ]
        used = sum(tokens(str(text)) for text in texts)
        usage = {"prompt_tokens": used, "total_tokens": used}
        told = {"object": "list", "data": data, "model": body["model"], "usage": usage}
        return web.json_response(told)

    async def models(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"object": "list", "data": []})

    # badly

    async def _hang(self, request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    async def _garbage(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"\xff{[\x00" * 2_500_000, content_type="application/json")

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse(headers={"Content-Type": "application/json"})
        await reply.prepare(request)
        await reply.write(b'{"id": "')
        while True:
            await reply.write(b"x" * 65_536)
            await asyncio.sleep(0)

    async def _busy(self, request: web.Request) -> web.StreamResponse:
        said, told = self.dialect.busy(self.retry_after)
        headers = {**said, "Date": format_datetime(self.date, usegmt=True)} if self.date else said
        return web.json_response(told, status=429, headers=headers)

    async def _elsewhere(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPTemporaryRedirect(request.path_qs)

    async def _broken(self, request: web.Request) -> web.StreamResponse:
        return web.Response(status=500, text="<html>Internal Server Error</html>")

    async def _declines(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self.dialect.declined(self.heard[-1]))

    async def _packed(self, request: web.Request) -> web.StreamResponse:
        packed = gzip.compress(b" " * 50_000_000)
        headers = {"Content-Encoding": "gzip"}
        return web.Response(body=packed, content_type="application/json", headers=headers)


BADLY = {
    Mode.HANGING: ModelServer._hang,
    Mode.GARBAGE: ModelServer._garbage,
    Mode.PACKED: ModelServer._packed,
    Mode.ENDLESS: ModelServer._endless,
    Mode.ELSEWHERE: ModelServer._elsewhere,
    Mode.BUSY: ModelServer._busy,
    Mode.BROKEN: ModelServer._broken,
    Mode.REFUSING: ModelServer._declines,
}


def _vector(text: str) -> list[float]:
    digest = sha256(text.encode()).digest()
    return [(byte - 127.5) / 127.5 for byte in digest[:DIMENSIONS]]


def application(state: ModelServer) -> web.Application:
    app = web.Application(client_max_size=16 * 1024 * 1024)
    app.router.add_post(state.dialect.path, state.chat)
    app.router.add_post("/v1/embeddings", state.embeddings)
    app.router.add_get("/v1/models", state.models)
    return app


@asynccontextmanager
async def model_server(
    mode: Mode = Mode.GOOD, dialect: Dialect = OPENAI
) -> AsyncIterator[ModelServer]:
    """Serving at `url`, which is the base of the API as the vendor's client wants it."""
    state = ModelServer(mode=mode, dialect=dialect)
    runner = web.AppRunner(application(state), shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    state.url = f"http://127.0.0.1:{runner.addresses[0][1]}{dialect.base}"
    try:
        yield state
    finally:
        await runner.cleanup()
