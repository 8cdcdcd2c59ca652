"""An HTTP client that stops reading an answer that is too long, whoever sends it."""

from collections.abc import AsyncIterator
from typing import Final

import httpx

from bot.llm.failing import TooLong

LONGEST: Final = 1_000_000
"""Bytes of an answer; a model's are some thousand."""


class _Counted(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, longest: int) -> None:
        self.stream, self.longest = stream, longest

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for chunk in self.stream:
            seen += len(chunk)
            if seen > self.longest:
                raise TooLong(f"The answer has more than {self.longest} bytes.")
            yield chunk

    async def aclose(self) -> None:
        await self.stream.aclose()


class _Capped(httpx.AsyncHTTPTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _Counted(response.stream, LONGEST)
        return response


def capped_client(seconds: float) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=_Capped(), timeout=seconds, follow_redirects=False)
