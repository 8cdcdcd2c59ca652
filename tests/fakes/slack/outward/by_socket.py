"""Letters as envelopes: https://docs.slack.dev/apis/events-api/using-socket-mode."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from uuid import uuid4

from aiohttp import WSMsgType, web

from tests.fakes.slack.app import App
from tests.fakes.slack.faults import abort
from tests.fakes.slack.outward.letter import Ack, Letter, Sort
from tests.fakes.slack.state import Json

MOST_CONNECTIONS = 10


@dataclass(eq=False)
class Connection:
    socket: web.WebSocketResponse
    request: web.Request
    waiting: dict[str, "asyncio.Future[Json]"] = field(default_factory=dict)
    takes_answers: dict[str, bool] = field(default_factory=dict)
    leaving: bool = False


class BySocket:
    """`ticket()` makes the address of one connection; letters go to the connections in turn."""

    def __init__(self, app: App, complain: Callable[[str], None], stir: Callable[[], None]) -> None:
        self.app = app
        self.within = 3.0
        self.connections: list[Connection] = []
        self.ever_connected = False
        self._complain = complain
        self._stir = stir
        self._tickets: set[str] = set()
        self._turn = 0

    def ticket(self) -> str:
        ticket = uuid4().hex
        self._tickets.add(ticket)
        return f"?ticket={ticket}&app_id={self.app.id}"

    @property
    def open(self) -> list[Connection]:
        return [connection for connection in self.connections if not connection.leaving]

    async def link(self, request: web.Request) -> web.StreamResponse:
        """One connection, from hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            self._complain("Socket Mode: an address is good for one connection")
            return web.Response(status=408)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = Connection(socket, request)
        await self._greet(connection)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._take(connection, message.data)
        finally:
            self._forget(connection)
        return socket

    async def _greet(self, connection: Connection) -> None:
        if len(self.open) >= MOST_CONNECTIONS:
            await connection.socket.send_json(_goodbye("too_many_websockets"))
            await connection.socket.close()
            return
        self.connections.append(connection)
        self.ever_connected = True
        await connection.socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self.open),
                "connection_info": {"app_id": self.app.id},
                "debug_info": {"host": "applink-simulated", "approximate_connection_time": 3600},
            }
        )
        self._stir()

    def _take(self, connection: Connection, text: str) -> None:
        try:
            said = json.loads(text)
            id = said["envelope_id"]
        except (KeyError, TypeError, ValueError):
            self._complain(f"Socket Mode: no acknowledgement: {text[:100]}")
            return
        if id not in connection.takes_answers:
            self._complain("Socket Mode: an acknowledgement of nothing that came this way")
        elif said.get("payload") and not connection.takes_answers[id]:
            self._complain("Socket Mode: an event takes no payload for an answer")
        future = connection.waiting.get(id)
        if future and not future.done():
            future.set_result(said)

    def _forget(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
        for future in connection.waiting.values():
            future.cancel()
        self._stir()

    async def send(self, letter: Letter) -> Ack:
        if not self.open:
            return Ack(reason="no_connection")
        self._turn += 1
        connection = self.open[self._turn % len(self.open)]
        id = str(uuid4())
        answer = asyncio.get_running_loop().create_future()
        connection.waiting[id] = answer
        connection.takes_answers[id] = letter.sort is not Sort.EVENT
        began = perf_counter()
        try:
            await connection.socket.send_json(_envelope(id, letter))
            async with asyncio.timeout(self.within):
                said = await answer
        except (TimeoutError, ConnectionError):
            return Ack(reason="timeout", seconds=perf_counter() - began)
        except asyncio.CancelledError:
            if not answer.cancelled():
                raise
            return Ack(reason="connection_failed", seconds=perf_counter() - began)
        finally:
            del connection.waiting[id]
        return Ack(200, said.get("payload") or "", seconds=perf_counter() - began)

    async def say_goodbye(self, reason: str = "refresh_requested") -> None:
        """Tells every connection to come again, and closes it when the app has done so."""
        for connection in self.open:
            connection.leaving = True
            await connection.socket.send_json(_goodbye(reason))

    def cut(self) -> None:
        """Every connection breaks without a word."""
        for connection in list(self.connections):
            connection.leaving = True
            abort(connection.request)

    async def close(self) -> None:
        for connection in list(self.connections):
            await connection.socket.close()


def _goodbye(reason: str) -> Json:
    return {
        "type": "disconnect",
        "reason": reason,
        "debug_info": {"host": "applink-simulated"},
    }


def _envelope(id: str, letter: Letter) -> Json:
    envelope: Json = {
        "envelope_id": id,
        "type": letter.sort.value,
        "payload": letter.payload,
        "accepts_response_payload": letter.sort is not Sort.EVENT,
    }
    if letter.sort is Sort.EVENT:
        envelope |= {"retry_attempt": letter.retry_num, "retry_reason": letter.retry_reason}
    return envelope
