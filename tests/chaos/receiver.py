"""Where the webhooks go: strict about every signature, and with a memory of every arrival."""

import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import orjson
from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.chaos.config import RECORD, SECRET


@dataclass(frozen=True, slots=True)
class Arrival:
    """`hook`: the last part of the path; `incident`: its number; `seq`: of the entry told."""

    at: float
    id: str
    hook: str
    type: str
    incident: int
    seq: int | None


@dataclass
class Receiver:
    url: str = ""
    arrivals: list[Arrival] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def times(self) -> Counter[str]:
        return Counter(arrival.id for arrival in self.arrivals)

    @property
    def record(self) -> list[Arrival]:
        """What came of entries, in the order of arrival."""
        return [arrival for arrival in self.arrivals if arrival.hook == RECORD]

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        try:
            Webhook(SECRET).verify(body, dict(request.headers))
        except (WebhookVerificationError, ValueError) as wrong:
            self.complaints.append(str(wrong))
            return web.Response(status=400, text=str(wrong))
        said = orjson.loads(body)
        entry = said["data"].get("entry") or {}
        self.arrivals.append(
            Arrival(
                at=time.time(),
                id=request.headers["webhook-id"],
                hook=request.match_info["hook"],
                type=said["type"],
                incident=said["data"]["incident"]["number"],
                seq=entry.get("seq"),
            )
        )
        return web.Response(text="thanks")


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    state = Receiver()
    application = web.Application()
    application.router.add_post("/{hook}", state.take)
    runner = web.AppRunner(application, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    state.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield state
    finally:
        await runner.cleanup()
