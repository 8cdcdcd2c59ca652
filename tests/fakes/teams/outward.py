"""From Teams to the bot: every activity is signed, and answered within a time.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import orjson

from tests.fakes.teams.state import Json

if TYPE_CHECKING:
    from tests.fakes.teams.server import Teams

WAITS: Final = 10.0
"""Seconds Teams waits for an invoke's answer."""


@dataclass(frozen=True)
class Ack:
    """`body` is the JSON that came, or the text where it is none."""

    status: int
    body: Any = field(default_factory=dict)
    reason: str = ""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class Outward:
    """`sent` holds every activity, the oldest first; `holds` keeps them back while it is a list."""

    def __init__(self, teams: "Teams", http: aiohttp.ClientSession) -> None:
        self.teams, self.http = teams, http
        self.url = ""
        self.sent: list[tuple[Json, Ack]] = []

    def headers(self, **claims: Any) -> dict[str, str]:
        """As the Connector signs; `claims` are changed after, None leaves one out."""
        said = self.teams.claims() | claims
        kept = {name: value for name, value in said.items() if value is not None}
        return {
            "Authorization": "Bearer " + self.teams.issuer.sign(kept),
            "Content-Type": "application/json; charset=utf-8",
        }

    async def send(self, activity: Json) -> Ack:
        """An activity; where no bot is pointed at, nobody hears it."""
        if not self.url:
            return Ack(0, reason="there is no bot")
        ack = await self.post(orjson.dumps(activity), self.headers())
        self.sent.append((activity, ack))
        if not ack.ok:
            self.teams.troubles.append((str(activity.get("name") or activity["type"]), ack.status))
        self.teams.stir()
        return ack

    async def post(self, body: bytes, headers: dict[str, str]) -> Ack:
        timeout = aiohttp.ClientTimeout(total=WAITS)
        try:
            async with self.http.post(
                self.url, data=body, headers=headers, timeout=timeout
            ) as answer:
                raw = await answer.read()
        except (TimeoutError, aiohttp.ClientError) as silent:
            return Ack(0, reason=type(silent).__name__)
        try:
            said = orjson.loads(raw) if raw else {}
        except orjson.JSONDecodeError:
            said = raw.decode(errors="replace")
        return Ack(answer.status, said)
