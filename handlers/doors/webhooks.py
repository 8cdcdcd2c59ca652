"""`POST /webhooks/{source}`: what Alertmanager, Grafana and the others post to.

→ 202 `{"status": "accepted", "events": [{"event_id", "incident_id", "decision"}]}`, one element per
alert, in order, after they are stored.
"""

from typing import Any

from aiohttp import web

from bot.engine.arrival import Arrival, Verdict
from bot.ports.failpoint import failpoint
from handlers.credentials import Credentials
from handlers.doors.body import read_body
from handlers.doors.directory import Directory
from handlers.doors.letters import read_or_bury
from handlers.doors.limits import Limits
from handlers.doors.needs import Intaking
from handlers.http import answer
from handlers.strict_json import decode


class Webhooks:
    def __init__(
        self, *, intake: Intaking, directory: Directory, credentials: Credentials, limits: Limits
    ) -> None:
        self.intake, self.directory = intake, directory
        self.credentials, self.limits = credentials, limits

    def routes(self) -> list[web.RouteDef]:
        """PUT too: Grafana lets people choose it."""
        return [
            web.post("/webhooks/{source}", self.take),
            web.put("/webhooks/{source}", self.take),
        ]

    async def take(self, request: web.Request) -> web.Response:
        entrance = self.directory.find(request.match_info["source"])
        body = await read_body(request)
        await self.credentials.admit(request, entrance, body)
        self.limits.take(f"source:{entrance.name}", entrance.limit_per_minute)
        alerts = await read_or_bury(entrance, decode(body), body, self.intake)
        verdicts = await self.intake.submit(
            Arrival(
                source=entrance.name,
                alerts=alerts,
                body=body,
                deduplicates_events=entrance.source.kind == "muster",
            )
        )
        await failpoint("doors.before_reply")
        return answer(
            {"status": "accepted", "events": [_said(verdict) for verdict in verdicts]}, status=202
        )


def _said(verdict: Verdict) -> dict[str, Any]:
    said = {
        "event_id": verdict.event_id,
        "incident_id": verdict.incident_id,
        "decision": verdict.decision,
    }
    return {**said, "dead_letter": verdict.dead_letter} if verdict.dead_letter else said
