"""Socket Mode: we call Slack, and Slack sends through it: no public address is needed.
https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
from contextlib import suppress

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient


class Socket:
    """Connects in the background, again and again: without Slack the incident goes on."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        self.app, self.app_token = app, app_token
        self._client: SocketModeClient | None = None
        self._connecting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        handler = AsyncSocketModeHandler(self.app, self.app_token)
        self._client = handler.client
        self._connecting = asyncio.create_task(self._connect(handler), name="slack socket")

    async def _connect(self, handler: AsyncSocketModeHandler) -> None:
        await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK has no types here

    async def stop(self) -> None:
        if self._client is None or self._connecting is None:
            return
        self._client.closed = True
        self._connecting.cancel()
        with suppress(asyncio.CancelledError):
            await self._connecting
        await self._client.close()  # type: ignore[no-untyped-call]  # nor here

    @property
    def connected(self) -> bool:
        session = self._client.current_session if self._client else None
        return session is not None and not session.closed
