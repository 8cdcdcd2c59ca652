"""Is it alive, may it be sent work, what is amiss, and the numbers.

`/health`: the process answers. `/ready`: the database is reachable and this role's loops are alive;
a policy that could not be reloaded and a hold are told there too, since people look there first.
`/health/deep`: overdue steps, resting destinations, effects that failed; these never make the
process unready, or a platform's outage would take Muster down with it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from aiohttp import web

from bot import __version__
from bot.domain.errors import Away
from bot.telemetry import Telemetry
from handlers.http import answer

log = structlog.get_logger()

SILENT_AFTER: Final = timedelta(seconds=10)
ANSWERS_WITHIN: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """`loops`: name → when it last turned (None: not yet). `ping` asks the database,
    also whether it is on hold.

    `refresh` reads anew what a scrape shows of it.
    """

    now: Callable[[], datetime]
    ping: Callable[[], Awaitable[object]]
    refresh: Callable[[], Awaitable[object]]
    loops: Callable[[], Mapping[str, datetime | None]]
    on_hold: Callable[[], bool]
    complaints: Callable[[], list[str]]
    deep: Callable[[], Awaitable[Mapping[str, Any]]]


class Health:
    def __init__(self, vitals: Vitals, telemetry: Telemetry) -> None:
        self.vitals, self.telemetry = vitals, telemetry

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/health", self.health),
            web.get("/ready", self.ready),
            web.get("/health/deep", self.deep),
            web.get("/metrics", self.metrics),
        ]

    async def health(self, request: web.Request) -> web.Response:
        return answer({"status": "ok", "version": __version__})

    async def ready(self, request: web.Request) -> web.Response:
        wrong = await self._wrong()
        said = {
            "status": "ready" if not wrong else "not ready",
            "problems": wrong,
            "hold": self.vitals.on_hold(),
            "warnings": self.vitals.complaints(),
        }
        return answer(said, status=503 if wrong else 200)

    async def _wrong(self) -> list[str]:
        wrong = []
        try:
            await asyncio.wait_for(self.vitals.ping(), ANSWERS_WITHIN)
        except Exception as away:
            wrong.append(_silence(away))
        now = self.vitals.now()
        for name, turned in self.vitals.loops().items():
            if turned is None or now - turned > SILENT_AFTER:
                wrong.append(f"the {name} loop is silent")
        return wrong

    async def deep(self, request: web.Request) -> web.Response:
        wrong, facts = await self._wrong(), {}
        try:
            facts = dict(await asyncio.wait_for(self.vitals.deep(), ANSWERS_WITHIN))
        except Exception as away:
            wrong = wrong or [_silence(away)]
        return answer({"status": "degraded" if wrong else "ok", "problems": wrong, **facts})

    async def metrics(self, request: web.Request) -> web.Response:
        """As it is now; while the database is away, its numbers are those of before."""
        try:
            await asyncio.wait_for(self.vitals.refresh(), ANSWERS_WITHIN)
        except Away:
            pass  # the log says so already
        except Exception as away:
            log.warning("metrics_are_old", reason=repr(away)[:200])
        return web.Response(
            body=self.telemetry.exposition(),
            headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
        )


def _silence(away: Exception) -> str:
    if isinstance(away, Away):
        return "the database is away"
    return f"the database does not answer: {type(away).__name__}"
