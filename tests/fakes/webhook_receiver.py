"""A strict receiver of Standard Webhooks on a real socket; their own library is the judge."""

import asyncio
import json
from collections import Counter, deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PATH = "/hook"


class Deed(StrEnum):
    ANSWER = "answers with the status"
    HANG = "never answers"
    RESET = "resets the connection"
    HALF_BODY = "answers, and breaks off in the body"


@dataclass(frozen=True, slots=True)
class Fault:
    """What the receiver does to one request, before it looks at it."""

    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    deed: Deed = Deed.ANSWER


HANG = Fault(deed=Deed.HANG)
RESET = Fault(deed=Deed.RESET)


@dataclass
class WebhookReceiver:
    """`taken` are the bodies it said 200 to, each id once; `complaints`, why others were refused.

    `faults` happen to the next requests, one each.
    """

    url: str = ""
    secret: str = SECRET
    faults: deque[Fault] = field(default_factory=deque)
    taken: dict[str, Any] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    elsewhere: int = 0

    @property
    def repeated(self) -> set[str]:
        """Ids that came more than once, taken or not."""
        return {id for id, times in self.seen.items() if times > 1}

    async def hook(self, request: web.Request) -> web.StreamResponse:
        self.seen[request.headers.get("webhook-id", "")] += 1
        self.headers.append(request.headers.copy())
        body = await request.read()
        if self.faults:
            return await self._misbehave(request, self.faults.popleft())
        if wrong := self._judge(request, body):
            self.complaints.append(wrong)
            return web.Response(status=400, text=wrong)
        self.taken.setdefault(request.headers["webhook-id"], json.loads(body))
        return web.Response(text="thanks")

    async def other(self, request: web.Request) -> web.Response:
        """Where redirects lead; nobody should come."""
        self.elsewhere += 1
        return web.Response()

    def _judge(self, request: web.Request, body: bytes) -> str:
        if request.content_type != "application/json":
            return f"the content type is {request.content_type}"
        if "." in request.headers.get("webhook-id", "."):
            return "there is no webhook-id without a dot"
        try:
            said = Webhook(self.secret).verify(body, dict(request.headers))
        except (WebhookVerificationError, ValueError) as error:
            return f"the signature is wrong: {error}"
        if not {"type", "timestamp", "data"} <= said.keys():
            return f"the body has only {sorted(said)}"
        return ""

    async def _misbehave(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.deed is Deed.HANG:
            await asyncio.Event().wait()
        if fault.deed is Deed.RESET:
            _abort(request)
        if fault.deed is Deed.HALF_BODY:
            half = web.StreamResponse(status=fault.status, headers={"Content-Length": "100000"})
            await half.prepare(request)
            await half.write(b"ten bytes.")
            _abort(request)
            return half
        return web.Response(status=fault.status, headers=fault.headers)


def _abort(request: web.Request) -> None:
    cast(asyncio.Transport, request.transport).abort()


@asynccontextmanager
async def webhook_receiver() -> AsyncIterator[WebhookReceiver]:
    state = WebhookReceiver()
    app = web.Application()
    app.router.add_post(PATH, state.hook)
    app.router.add_route("*", "/{elsewhere:.*}", state.other)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    state.url = f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
    try:
        yield state
    finally:
        await runner.cleanup()
