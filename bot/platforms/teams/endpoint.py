"""`POST /api/messages`: where Teams sends everything.

The token is looked at before the body is read, then what the body says against the token. What got
so far is handed to botbuilder's `process_activity`, which answers invokes in the Connector's way.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import orjson
from aiohttp import web

from bot.domain.errors import Forbidden, TooLarge, Unauthentic, Unreadable
from bot.platforms.teams.adapter import Adapter
from bot.platforms.teams.heard import Answer
from bot.platforms.teams.verify import CHANNEL, Verifier
from bot.ports.clock import Clock

PATH: Final = "/api/messages"
LARGEST: Final = 512 * 1024
DEEPEST: Final = 64

Hears = Callable[[Mapping[str, Any]], Awaitable[Answer]]
"""What is done with an activity that is Teams' own. Raises Unreadable: it has not its shape."""


class Endpoint:
    """`tenant` is the one whose people are heard."""

    def __init__(self, tokens: Verifier, tenant: str, clock: Clock, hears: Hears) -> None:
        if not tenant:
            raise ValueError("without a tenant everybody's people would be heard")
        self.tokens, self.tenant, self.clock = tokens, tenant, clock
        self.adapter = Adapter(hears)

    def routes(self) -> list[web.RouteDef]:
        return [web.post(PATH, self.hear)]

    async def hear(self, request: web.Request) -> web.Response:
        claims = await self.tokens.check(_bearer(request), self.clock.wall())
        activity = read_body(await _body(request))
        if activity.get("channelId") != CHANNEL:
            raise Unauthentic("This is not from Teams.")
        self.tokens.check_address(claims, activity.get("serviceUrl"))
        self._check_tenant(activity)
        answer = await self.adapter.process(claims, activity)
        body = orjson.dumps(answer.body) if answer.body is not None else b""
        return web.Response(status=answer.status, body=body, content_type="application/json")

    def _check_tenant(self, activity: Mapping[str, Any]) -> None:
        """Every place that names a tenant names ours, and one does."""
        named = [
            said
            for said in (
                _at(activity, "channelData", "tenant", "id"),
                _at(activity, "conversation", "tenantId"),
            )
            if said is not None
        ]
        if not named or any(str(said).lower() != self.tenant.lower() for said in named):
            raise Forbidden("This Muster belongs to another tenant.")


def read_body(body: bytes) -> dict[str, Any]:
    """Raises Unreadable: it is no JSON object, or one nested too deep."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as wrong:
        raise Unreadable("This is no JSON.") from wrong
    if not isinstance(said, dict):
        raise Unreadable("This is no JSON object.")
    if _depth(said) > DEEPEST:
        raise Unreadable("This is nested too deep.")
    return said


def _bearer(request: web.Request) -> str:
    """The one Authorization header; several are nobody's."""
    said = request.headers.getall("Authorization", [])
    return said[0] if len(said) == 1 else ""


async def _body(request: web.Request) -> bytes:
    if (request.content_length or 0) > LARGEST:
        raise TooLarge("An activity is smaller than that.")
    body = await request.read()
    if len(body) > LARGEST:
        raise TooLarge("An activity is smaller than that.")
    return body


def _at(said: Any, *path: str) -> Any:
    for name in path:
        said = said.get(name) if isinstance(said, Mapping) else None
    return said


def _depth(said: Any) -> int:
    """How deep it is nested, told as soon as it is too deep."""
    level, depth = [said], 0
    while level and depth <= DEEPEST:
        depth += 1
        held = (one.values() if isinstance(one, dict) else one for one in level)
        level = [inner for some in held for inner in some if isinstance(inner, dict | list)]
    return depth
