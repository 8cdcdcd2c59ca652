"""`POST /webhooks/{source}`: what Alertmanager, Grafana and the others post to.

→ 202 `{"status": "accepted", "events": [{"event_id", "incident_id", "decision"}]}`, one element per
alert, in order, after they are stored.
"""

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from bot.domain.alert import Decision
from bot.engine.arrival import Arrival, Verdict
from bot.ports.failpoint import failpoint
from handlers.credentials import Credentials
from handlers.doors.at_once import answer_at_once
from handlers.doors.body import read_body
from handlers.doors.directory import Directory
from handlers.doors.limits import Limits
from handlers.doors.needs import Intaking
from handlers.doors.partly import Taken, take_what_can_be_read
from handlers.strict_json import decode


class Webhooks:
    def __init__(
        self, *, intake: Intaking, directory: Directory, credentials: Credentials, limits: Limits
    ) -> None:
        self.intake, self.directory = intake, directory
        self.credentials, self.limits = credentials, limits

    def routes(self) -> list[web.RouteDef]:
        """PUT too: Grafana lets people choose it.

        Every source has routes of its own beside the one for all, which are found in half the time.
        """
        return [
            route(f"/webhooks/{source}", self.take)
            for source in (*self.directory.names(), "{source}")
            for route in (web.post, web.put)
        ]

    async def take(self, request: web.Request) -> web.StreamResponse:
        entrance = self.directory.find(request.rel_url.name)
        body = await read_body(request)
        await self.credentials.admit(request, entrance, body)
        self.limits.take(f"source:{entrance.name}", entrance.limit_per_minute)
        taken = await take_what_can_be_read(entrance, decode(body), body, self.intake)
        verdicts = await self.intake.submit(
            Arrival(
                source=entrance.name,
                alerts=taken.alerts,
                body=taken.body,
                deduplicates_events=entrance.source.kind == "muster",
            )
        )
        await failpoint("doors.before_reply")
        said = {"status": "accepted", "events": _in_order(verdicts, taken)}
        return answer_at_once(request, said)


def _in_order(verdicts: Iterable[Verdict], taken: Taken) -> list[dict[str, Any]]:
    """What became of each alert of the request, the unreadable ones included."""
    if not taken.buried:
        return [_said(verdict) for verdict in verdicts]
    decided = iter(verdicts)
    return [
        _buried(taken.buried[place]) if place in taken.buried else _said(next(decided))
        for place in range(len(taken.alerts) + len(taken.buried))
    ]


def _buried(letter: str) -> dict[str, Any]:
    return {
        "event_id": letter,
        "incident_id": None,
        "decision": Decision.DEAD_LETTER,
        "dead_letter": letter,
    }


def _said(verdict: Verdict) -> dict[str, Any]:
    said = {
        "event_id": verdict.event_id,
        "incident_id": verdict.incident_id,
        "decision": verdict.decision,
    }
    return {**said, "dead_letter": verdict.dead_letter} if verdict.dead_letter else said
