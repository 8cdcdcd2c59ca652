"""`POST /slack/events`: where Slack sends everything when it may reach us.

Bolt would read the body again and take any text with the word `payload` in it for a form, so it is
given what we have read.
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.domain.errors import Unauthentic, Unreadable
from bot.platforms.slack.verify import is_slacks
from bot.ports.clock import Clock

PATH: Final = "/slack/events"
FIELDS: Final = 100


class Http:
    def __init__(self, app: AsyncApp, secret: str, clock: Clock) -> None:
        self.app, self.secret, self.clock = app, secret, clock

    def routes(self) -> list[web.RouteDef]:
        return [web.post(PATH, self.hear)]

    async def hear(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not is_slacks(self.secret, body, request.headers, self.clock.wall()):
            raise Unauthentic("The signature does not fit, or the request is too old.")
        payload = read_body(body, request.content_type)
        # Bolt parses the bodies of HTTP itself, and takes a parsed one in the other mode.
        said = AsyncBoltRequest(body=payload, mode="socket_mode")
        answer = await self.app.async_dispatch(said)
        return web.Response(
            status=answer.status,
            text=answer.body,
            content_type=answer.first_headers_without_set_cookie()
            .get("content-type", "text/plain")
            .partition(";")[0],
        )


def read_body(body: bytes, content_type: str) -> dict[str, Any]:
    """A JSON object, a form whose `payload` is one, or the fields of a form.

    Raises:
        Unreadable: it is none of these.
    """
    if content_type == "application/json":
        return _object(body)
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS))
    except ValueError as wrong:
        raise Unreadable("This is no form.") from wrong
    return _object(fields["payload"]) if "payload" in fields else _filled(fields)


def _object(text: bytes | str) -> dict[str, Any]:
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError as wrong:
        raise Unreadable("This is no JSON.") from wrong
    if not isinstance(said, dict):
        raise Unreadable("This is no JSON object.")
    return said


def _filled(fields: Mapping[str, str]) -> dict[str, Any]:
    if not fields:
        raise Unreadable("This is empty.")
    return dict(fields)
