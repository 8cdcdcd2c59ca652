"""The live side: WebSockets that follow an incident, the list, or one person's notices.

A browser opens one from our own pages only (Origin), for somebody who is signed in. Every browser
names an origin, so whoever names none is a program, and shows a token as for the REST API; it may
follow an incident. Who looks is asked anew at every wake-up. Nothing is buffered for a page that
does not keep up: it is cut off, and comes back with its cursor.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from typing import Final, cast

import structlog
from aiohttp import WSCloseCode, web

from bot.domain.errors import DoorError, NotFound, UserError
from bot.domain.policy import Person
from bot.engine.authorise import authorise
from bot.platforms.web.live import Ahead, Live, Message, NotYours, Whoever
from bot.ports.queries import Viewer
from handlers.api.caller import Caller
from handlers.web.incidents import number_in
from handlers.web.paint import Painter
from handlers.web.shell import Shell
from handlers.web.visitor import Visitor

log = structlog.get_logger()

GONE: Final = 4404
RELOAD: Final = 4409
CLOSED_BY: Final[dict[type[Exception], int]] = {NotYours: GONE, Ahead: RELOAD}
PATIENCE: Final = 10.0
"""Seconds a page may take to read what it is sent."""

HEARTBEAT: Final = 20.0
"""Seconds between pings of the protocol itself; a dead connection is noticed in 30."""


class Sockets:
    """`caller` knows programs; None: they are not let in."""

    def __init__(
        self,
        shell: Shell,
        live: Live,
        *,
        caller: Caller | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self.shell, self.live, self.caller, self.patience = shell, live, caller, patience
        self.open: set[web.WebSocketResponse] = set()

    async def incident(self, request: web.Request) -> web.StreamResponse:
        """`?after=seq`: every entry with a greater seq, once and in order; then what comes."""
        if self.caller is not None and "Origin" not in request.headers:
            visitor = await self._program(request, self.caller)
            whoever = self._still(request, self.caller, visitor)
        else:
            visitor = await self._enter(request)
            whoever = self._whoever(request, visitor)
        number = number_in(request)
        if await self.shell.queries.incident(number, visitor.viewer) is None:
            raise NotFound(f"There is no incident #{number}.")
        after = request.query.get("after", "")
        cursor = int(after) if after.isascii() and after.isdigit() and len(after) <= 9 else 0
        painter = Painter(self.shell, visitor, number)
        return await self._follow(request, self.live.incident(number, whoever, painter, cursor))

    async def list(self, request: web.Request) -> web.StreamResponse:
        visitor = await self._enter(request)
        return await self._follow(request, self.live.list(self._whoever(request, visitor)))

    async def notices(self, request: web.Request) -> web.StreamResponse:
        visitor = await self._enter(request)
        painter = Painter(self.shell, visitor)
        return await self._follow(
            request, self.live.person(visitor.id, self._whoever(request, visitor), painter)
        )

    async def close(self) -> None:
        """The server goes; pages come back to the next one."""
        for socket in list(self.open):
            await socket.close(code=WSCloseCode.GOING_AWAY)

    async def _enter(self, request: web.Request) -> Visitor:
        self.shell.visitors.refuse_strangers(request, must_say=True)
        return await self.shell.visitors.who(request)

    async def _program(self, request: web.Request, caller: Caller) -> Visitor:
        """Whoever the token stands for, as in the REST API.

        Raises:
            Unauthentic: no or a wrong token. Forbidden: its right does not reach.
        """
        actor = await caller(request)
        authorise(actor, "status", None)
        person = Person(name=actor.name, rights=actor.right, zone=actor.zone)
        return Visitor(id=actor.id, person=person, csrf="")

    def _still(self, request: web.Request, caller: Caller, visitor: Visitor) -> Whoever:
        async def ask() -> Viewer | None:
            try:
                actor = await caller(request)
            except (UserError, DoorError):
                return None
            return visitor.viewer if actor.id == visitor.id else None

        return ask

    def _whoever(self, request: web.Request, visitor: Visitor) -> Whoever:
        async def ask() -> Viewer | None:
            person = await self.shell.visitors.person_of(request)
            return visitor.viewer if person == visitor.id else None

        return ask

    async def _follow(
        self, request: web.Request, messages: AsyncIterator[Message]
    ) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=4096, compress=False)
        await socket.prepare(request)
        self.open.add(socket)
        speaking = asyncio.create_task(self._speak(request, socket, messages))
        try:
            async for _ in socket:  # pages say nothing; reading notices that they are gone
                pass
        finally:
            self.open.discard(socket)
            speaking.cancel()
            with suppress(asyncio.CancelledError):
                await speaking
        return socket

    async def _speak(
        self,
        request: web.Request,
        socket: web.WebSocketResponse,
        messages: AsyncIterator[Message],
    ) -> None:
        """Sends until told to stop; what ends it is told by the code of the closing."""
        code: int = WSCloseCode.INTERNAL_ERROR
        try:
            async with aclosing(cast(AsyncGenerator[Message, None], messages)) as told:
                async for message in told:
                    async with asyncio.timeout(self.patience):
                        await socket.send_str(message.encode())
        except (NotYours, Ahead) as end:
            code = CLOSED_BY[type(end)]
        except TimeoutError:
            log.info("page_too_slow", path=request.path)
            if request.transport is not None:
                request.transport.abort()  # a farewell would wait behind what it does not read
            return
        except ConnectionError:
            return
        except Exception:
            log.exception("live_page_failed", path=request.path)
        await socket.close(code=code)
