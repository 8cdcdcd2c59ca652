"""How a provider's client talks: it stops reading an answer that is too long, whoever sends it.

Some clients are made on httpx, some on httpx2. Those are alike, so that what is said here is put
onto the classes of either.
"""

from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.request import getproxies, proxy_bypass

from bot.llm.failing import TooLong

LONGEST: Final = 1_000_000
"""Bytes of an answer; a model's are some thousand."""

PLAIN: Final = "identity"


class _Counting:
    def __init__(self, stream: Any) -> None:
        self.stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for chunk in self.stream:
            seen += len(chunk)
            if seen > LONGEST:
                raise TooLong(f"The answer has more than {LONGEST} bytes.")
            yield chunk

    async def aclose(self) -> None:
        await self.stream.aclose()


class _Capping:
    """Answers are asked for unpacked, since what is small packed may be large; packed ones are
    refused."""

    def __init__(self, http: Any) -> None:
        proxy = getproxies().get("https")
        self.direct = http.AsyncHTTPTransport()
        self.proxied = http.AsyncHTTPTransport(proxy=proxy) if proxy else self.direct
        self.counted = type("Counted", (_Counting, http.AsyncByteStream), {})

    async def handle_async_request(self, request: Any) -> Any:
        request.headers["Accept-Encoding"] = PLAIN
        proxied = request.url.scheme == "https" and not proxy_bypass(request.url.host)
        way = self.proxied if proxied else self.direct
        response = await way.handle_async_request(request)
        if response.headers.get("Content-Encoding", PLAIN).lower() != PLAIN:
            await response.stream.aclose()
            raise TooLong("The answer is packed, so nobody knows how long it is.")
        response.headers.pop("Location", None)  # what is asked goes to nobody else
        response.stream = self.counted(response.stream)
        return response

    async def aclose(self) -> None:
        await self.direct.aclose()
        if self.proxied is not self.direct:
            await self.proxied.aclose()

    def close(self) -> None:
        """A client that is never used was given it too, and closes it."""


def capped_transport(http: Any) -> Any:
    """`http`: the module httpx or httpx2; what comes out is a transport of it."""
    return type("Capped", (_Capping, http.AsyncBaseTransport), {})(http)


def capped_client(http: Any, transport: Any, seconds: float) -> Any:
    """An asynchronous client of `http` that talks so."""
    return http.AsyncClient(transport=transport, timeout=seconds, follow_redirects=False)
