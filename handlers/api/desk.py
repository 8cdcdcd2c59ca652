"""Where every REST request passes: who asks, what they say, what it comes to."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Protocol

from aiohttp import web

from bot.domain.entry import ActorType
from bot.domain.errors import NotFound, Unreadable
from bot.domain.people import Actor
from bot.engine.authorise import authorise
from handlers.api.bodies import read_body_as
from handlers.api.caller import Caller
from handlers.api.once import Once, digest_of, dumped, key_of
from handlers.api.operation import Asked, Do, Operation, Reply
from handlers.api.params import read_params
from handlers.api.versions import read_tags
from handlers.doors.body import read_body
from handlers.http import Handler
from handlers.strict_json import decode

KEY: Final = "Idempotency-Key"
LONGEST_ID: Final = 200
NOBODY: Final = Actor(id="nobody", type=ActorType.INTEGRATION)
"""Who reads what is open to everybody."""


class Subject(Protocol):
    """Something the API speaks of."""

    def operations(self) -> Iterable[Operation]: ...


class Desk:
    def __init__(self, caller: Caller, once: Once) -> None:
        self.caller, self.once = caller, once

    def routes(self, operations: Iterable[Operation]) -> list[web.RouteDef]:
        return [
            web.RouteDef(one.method, one.path, self._handler(one, one.do), {})
            for one in operations
            if one.do is not None
        ]

    def _handler(self, operation: Operation, do: Do) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self.serve(operation, do, request)

        return handle

    async def serve(self, operation: Operation, do: Do, request: web.Request) -> web.Response:
        asked = await self._read(operation, request)
        if KEY in request.headers and operation.again is not None:
            return shown(await self._once(operation, do, request, asked))
        return shown(await do(asked))

    async def _read(self, operation: Operation, request: web.Request) -> Asked:
        actor = NOBODY if operation.open else await self.caller(request)
        if operation.verb is not None:
            authorise(actor, operation.verb, None)
        path = dict(request.match_info)
        if any(len(part) > LONGEST_ID or not part.isprintable() for part in path.values()):
            raise NotFound(f"There is nothing at {request.path[:200]}.")
        if_match = request.headers.get("If-Match") if operation.if_match else None
        if_none_match = request.headers.get("If-None-Match") if operation.if_none_match else None
        return Asked(
            actor=actor,
            path=path,
            query=read_params(operation.params, _query(request)),
            body=await self._body(operation, request),
            if_match=read_tags(if_match),
            if_none_match=read_tags(if_none_match),
        )

    async def _body(self, operation: Operation, request: web.Request) -> Any:
        """The body; nothing at all is as good as `{}`."""
        if operation.body is None:
            return None
        raw = await read_body(request)
        return read_body_as(operation.body, decode(raw) if raw.strip() else {})

    async def _once(
        self, operation: Operation, do: Do, request: web.Request, asked: Asked
    ) -> Reply:
        key = key_of(request.headers[KEY], asked.actor.id)
        said = asked.body.model_dump(mode="json", exclude_unset=True) if asked.body else {}
        digest = digest_of(request.method, request.path, said)

        async def first(call: str) -> Reply:
            return await do(replace(asked, call=call))

        async def again(moment: datetime) -> Reply:
            assert operation.again is not None
            return await operation.again(asked, moment)

        return await self.once(key, digest, f"{request.method} {request.path}", first, again)


def _query(request: web.Request) -> dict[str, list[str]]:
    if not request.query_string:
        return {}
    try:
        return {name: request.query.getall(name) for name in request.query}
    except ValueError:
        raise Unreadable("The query cannot be read.") from None


def shown(reply: Reply) -> web.Response:
    body = dumped(reply.data) if reply.text is None else reply.text.encode()
    charset = None if reply.text is None else "utf-8"
    return web.Response(
        body=body or None,
        status=reply.status,
        content_type=reply.media if body else None,
        charset=charset,
        headers=reply.headers,
    )
