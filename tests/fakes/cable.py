"""The line to a server: what goes through is not looked at, and it can be cut and mended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from sqlalchemy.engine import make_url


@dataclass
class Cable:
    """`refused` gets one for each connection that was tried while it was cut."""

    url: str
    refused: asyncio.Queue[None] = field(default_factory=asyncio.Queue)
    _cut: bool = False
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """Everything that is connected breaks off."""
        self._cut = True
        for end in self._ends:
            end.transport.abort()

    def mend(self) -> None:
        self._cut = False

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            writer.transport.abort()
            self.refused.put_nowait(None)
            return
        server = make_url(self.url)
        theirs, ours = await asyncio.open_connection(server.host, server.port)
        ends = {writer, ours}
        self._ends |= ends
        with suppress(ConnectionError):
            await asyncio.gather(_pass_on(reader, ours), _pass_on(theirs, writer))
        self._ends -= ends


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    finally:
        writer.close()


@asynccontextmanager
async def cable(url: str) -> AsyncIterator[tuple[str, Cable]]:
    """The address at which the server of `url` is reached through it, and the cable."""
    made = Cable(url)
    listening = await asyncio.start_server(made.take, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        through = make_url(url).set(host="127.0.0.1", port=port)
        yield through.render_as_string(hide_password=False), made
    finally:
        made.cut()
        listening.close()
