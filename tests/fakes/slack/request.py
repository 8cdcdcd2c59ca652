"""A Web API request as it comes: by query, form or JSON, the token in a header or among the rest.

https://docs.slack.dev/apis/web-api/#methods
"""

import json
from typing import Any

from aiohttp import web

from tests.fakes.slack.refusal import Refusal


async def read_request(request: web.Request) -> tuple[str, dict[str, Any]]:
    """The token, or nothing, and the arguments as they were written."""
    said: dict[str, Any] = dict(request.query)
    if "token" in said:
        raise Refusal("invalid_auth", "a token in a query string")
    if request.method == "POST":
        said |= await _body(request)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    in_body = said.pop("token", "")
    return (token.strip() if scheme == "Bearer" else str(in_body)), said


async def _body(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return _json(await request.read())
    return dict(await request.post())


def _json(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body or b"{}")
    except ValueError as error:
        raise Refusal("invalid_json", str(error)) from error
    if not isinstance(said, dict):
        raise Refusal("json_not_object")
    return said
