"""Counts requests by route and outcome, and times those of the REST API."""

import time
from collections import Counter
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.telemetry import Telemetry
from handlers.http import Handler

API: Final = "/api/v1/"
UNKNOWN: Final = "(no such page)"
ERROR_FROM: Final = 400


class Requests:
    """`counted`: (method, route, status) → how many; plain counting keeps the doors quick."""

    def __init__(self, telemetry: Telemetry) -> None:
        self.telemetry = telemetry
        self.counted: Counter[tuple[str, str, int]] = Counter()

    def middleware(self) -> Middleware:
        """Around everything, so that what it counts is what was sent."""

        @web.middleware
        async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
            begun = time.perf_counter()
            response = await handler(request)
            resource = request.match_info.route.resource
            route = resource.canonical if resource is not None else UNKNOWN
            self.counted[request.method, route, response.status] += 1
            if route.startswith(API):
                took = time.perf_counter() - begun
                self.telemetry.api_duration.labels(request.method, route).observe(took)
            return response

        return measure
