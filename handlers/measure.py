"""Counts requests by route and outcome, and times those of the REST API."""

from collections import Counter
from typing import Final

from aiohttp import web

from bot.telemetry import Telemetry

API: Final = "/api/v1/"
UNKNOWN: Final = "(no such page)"
ERROR_FROM: Final = 400


class Requests:
    """`counted`: (method, route, status) → how many; plain counting keeps the doors quick."""

    def __init__(self, telemetry: Telemetry) -> None:
        self.telemetry = telemetry
        self.counted: Counter[tuple[str, str, int]] = Counter()

    def count(self, request: web.Request, response: web.StreamResponse, seconds: float) -> None:
        """See handlers.http.Count."""
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else UNKNOWN
        self.counted[request.method, route, response.status] += 1
        if route.startswith(API):
            self.telemetry.api_duration.labels(request.method, route).observe(seconds)
