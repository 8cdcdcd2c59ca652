"""`POST /api/v1/knowledge/documents`: documents as JSON lines, read as they come.

What is good is searchable when the answer is sent; what is not is named by its line.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator
from typing import Any, Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.domain.errors import Forbidden, Invalid, TooLarge, Unreadable
from bot.domain.people import Right
from bot.engine.knowledge.reading import read_line
from bot.ports.knowledge import Document, Library
from handlers.api.caller import Caller
from handlers.doors.body import TooSlow, UnknownEncoding
from handlers.http import answer

CAP: Final = 32 * 1024 * 1024
LONGEST_LINE: Final = 4 * 1024 * 1024
PATIENCE: Final = 30.0
"""Seconds a sender has for the next piece."""

TOGETHER: Final = 20
REASONS: Final = 1_000
"""Lines that are named; how many more there were shows in `accepted`."""


class Documents:
    """Admins add documents, and programs with an admin's token."""

    def __init__(self, caller: Caller, library: Library) -> None:
        self.caller, self.library = caller, library

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/api/v1/knowledge/documents", self.add)]

    async def add(self, request: web.Request) -> web.Response:
        actor = await self.caller(request)
        if not actor.right.reaches(Right.ADMIN):
            raise Forbidden("Adding documents needs the right admin.")
        taking = _Taking(self.library)
        async for number, line in lines(request):
            await taking.take(number, line)
        await taking.put()
        return answer(
            {"accepted": taking.accepted, "rejected": taking.rejected[:REASONS]}, status=202
        )


class _Taking:
    def __init__(self, library: Library) -> None:
        self.library = library
        self.accepted = 0
        self.rejected: list[dict[str, Any]] = []
        self._lines: list[tuple[int, bytes]] = []

    async def take(self, number: int, line: bytes) -> None:
        if not line.strip():
            return
        self._lines.append((number, line))
        if len(self._lines) >= TOGETHER:
            await self.put()

    async def put(self) -> None:
        lines, self._lines = self._lines, []
        documents, rejected = await asyncio.to_thread(_read, lines)
        self.rejected += rejected
        if documents:
            await self.library.put(documents)
            self.accepted += len(documents)


def _read(lines: list[tuple[int, bytes]]) -> tuple[list[Document], list[dict[str, Any]]]:
    documents, rejected = [], []
    for number, line in lines:
        try:
            documents.append(read_line(line.decode()))
        except UnicodeDecodeError:
            rejected.append({"line": number, "reason": "This is not UTF-8."})
        except Invalid as wrong:
            rejected.append({"line": number, "reason": str(wrong)})
    return documents, rejected


async def lines(request: web.Request) -> AsyncIterator[tuple[int, bytes]]:
    """Each line with its number, from 1.

    Raises:
        TooLarge, TooSlow, Unreadable, UnknownEncoding.
    """
    rest, number = b"", 0
    async for piece in _inflated(request):
        *whole, rest = (rest + piece).split(b"\n")
        if len(rest) > LONGEST_LINE:
            raise TooLarge(f"A line has at most {LONGEST_LINE // 1024} KB.")
        for line in whole:
            number += 1
            yield number, line
    yield number + 1, rest


async def _inflated(request: web.Request) -> AsyncIterator[bytes]:
    """The body in pieces, at most CAP bytes before and after inflating."""
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise UnknownEncoding("Content-Encoding must be identity or gzip.")
    if (request.content_length or 0) > CAP:
        raise _too_large()
    inflated = getattr(request.content, "total_compressed_bytes", None) is not None
    packed = encoding == "gzip" and not inflated
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16) if packed else None
    size = 0
    async for piece in _pieces(request):
        try:
            out = inflater.decompress(piece, CAP + 1 - size) if inflater else piece
        except zlib.error:
            raise Unreadable("The body is not in its Content-Encoding.") from None
        size += len(out)
        if size > CAP:
            raise _too_large()
        yield out


async def _pieces(request: web.Request) -> AsyncIterator[bytes]:
    while True:
        try:
            async with asyncio.timeout(PATIENCE):
                piece = await request.content.readany()
        except TimeoutError:
            raise TooSlow(f"Nothing came for {PATIENCE:g} seconds.") from None
        except (ConnectionError, web.RequestPayloadError, HttpProcessingError):
            raise Unreadable("The body broke off.") from None
        if not piece:
            return
        yield piece


def _too_large() -> TooLarge:
    return TooLarge(f"The body is larger than {CAP // 1024 // 1024} MB.")
