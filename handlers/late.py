"""Pages that come later: whoever asks for one before it is there waits, and is then answered by it.

The doors open before the rest of Muster is imported, so that no alert waits for pages. aiohttp
freezes its routes when it begins to listen; this one resource answers for all that follow.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractMatchInfo
from yarl import URL


class LatePages(web.AbstractResource):
    """Stands at `/`, behind every route that was there at once."""

    def __init__(self) -> None:
        super().__init__()
        self._router = web.UrlDispatcher()
        self._there = asyncio.Event()
        self._close: Callable[[], Awaitable[None]] | None = None

    def open(
        self, routes: Iterable[web.AbstractRouteDef], *, close: Callable[[], Awaitable[None]]
    ) -> None:
        """From here on these are answered, and nothing else; `close` ends those that stay open."""
        self._close = close
        self._router.add_routes(routes)
        self._router.freeze()
        self._there.set()

    async def close(self, application: web.Application) -> None:
        """When the application shuts down, maybe before it ever opened."""
        self._there.set()
        if self._close is not None:
            await self._close()

    @property
    def canonical(self) -> str:
        return "/"

    async def resolve(self, request: web.Request) -> tuple[Any, set[str]]:
        """
        Raises:
            HTTPServiceUnavailable: the start failed, and there will be no pages.
        """
        await self._there.wait()
        if self._close is None:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "1"})
        found: AbstractMatchInfo = await self._router.resolve(request)
        refusal = found.http_exception
        if refusal is None:
            return found, set()
        return None, set(getattr(refusal, "allowed_methods", ()))

    def __len__(self) -> int:
        return len(self._router.routes())

    def __iter__(self) -> Iterator[web.AbstractRoute]:
        return iter(self._router.routes())

    def url_for(self, **parts: str) -> URL:
        raise RuntimeError("The late pages have no address of their own.")

    def add_prefix(self, prefix: str) -> None:
        raise RuntimeError("The late pages stand where they are named.")

    def get_info(self) -> Any:
        return {"path": self.canonical}

    def raw_match(self, path: str) -> bool:
        return False
