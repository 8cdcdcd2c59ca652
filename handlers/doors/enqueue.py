"""`POST /v2/enqueue`: PagerDuty's Events API v2; a stock client needs another base URL, no more.

The routing key in the body is the credential, and says which source it is. It is taken out before
the body is stored. Failures have the vendor's shape and status:
https://developer.pagerduty.com/docs/events-api-v2/overview/#response-codes--retry-logic
"""

from collections.abc import Callable
from typing import Any, Final

import orjson
from aiohttp import web

from bot.domain.errors import Unauthentic, Unreadable
from bot.engine.arrival import Arrival
from bot.ports.failpoint import failpoint
from handlers.alerts.pagerduty import complaints
from handlers.credentials import Credentials
from handlers.doors.at_once import answer_at_once
from handlers.doors.body import read_body
from handlers.doors.directory import Directory, Entrance
from handlers.doors.letters import Buried, read_or_bury
from handlers.doors.limits import Limits
from handlers.doors.needs import Acknowledging, Intaking
from handlers.http import Failure, answer, answers_as
from handlers.strict_json import decode

KIND: Final = "pagerduty"
BAD_EVENT: Final = frozenset({400, 401, 415, 422})
"""For all of these the vendor says 400."""


def in_vendors_words(failure: Failure) -> web.Response:
    bad = failure.status in BAD_EVENT
    said: dict[str, Any] = {
        "status": "invalid event" if bad else "error",
        "message": "Event object is invalid" if bad else failure.detail,
        "errors": failure.more.get("errors") or [failure.detail],
    }
    for name in ("dead_letter", "reference"):
        if name in failure.more:
            said[name] = failure.more[name]
    return answer(said, status=400 if bad else failure.status, headers=failure.headers)


class Enqueue:
    """`new_key` makes the dedup_key of a trigger that comes without one."""

    def __init__(
        self,
        *,
        intake: Intaking,
        acknowledging: Acknowledging,
        directory: Directory,
        credentials: Credentials,
        limits: Limits,
        new_key: Callable[[], str],
    ) -> None:
        self.intake, self.acknowledging = intake, acknowledging
        self.directory, self.credentials = directory, credentials
        self.limits, self.new_key = limits, new_key

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/v2/enqueue", self.take)]

    @answers_as(in_vendors_words)
    async def take(self, request: web.Request) -> web.StreamResponse:
        event = decode(await read_body(request))
        if not isinstance(event, dict):
            raise Unreadable("The event must be a JSON object.")
        entrance = await self._admit(event.pop("routing_key", None))
        self.limits.take(f"source:{entrance.name}", entrance.limit_per_minute)
        if event.get("event_action") == "trigger" and not event.get("dedup_key"):
            event["dedup_key"] = self.new_key()
        await self._accept(entrance, event)
        await failpoint("doors.before_reply")
        return answer_at_once(
            request,
            {
                "status": "success",
                "message": "Event processed",
                "dedup_key": event["dedup_key"],
            },
        )

    async def _admit(self, routing_key: Any) -> Entrance:
        if not isinstance(routing_key, str) or not routing_key.strip():
            raise Unauthentic("'routing_key' is missing or blank")
        name = await self.credentials.source_of(routing_key, self.directory)
        return self.directory.named(name or KIND, KIND)

    async def _accept(self, entrance: Entrance, event: dict[str, Any]) -> None:
        body = orjson.dumps(event)
        if wrong := complaints(event):
            letter = await self.intake.bury(entrance.name, body, "; ".join(wrong))
            raise Buried("; ".join(wrong), dead_letter=letter, errors=wrong)
        if event["event_action"] == "acknowledge":
            await self.acknowledging.acknowledge(entrance.name, event["dedup_key"])
            return
        alerts = await read_or_bury(entrance, event, body, self.intake)
        await self.intake.submit(Arrival(source=entrance.name, alerts=alerts, body=body))
