"""The bytes of a request: bounded in size, in inflated size and in time.

Works with aiohttp's own inflating and without it (`AppRunner(app, auto_decompress=False)`, which
spares its log a traceback for every broken gzip).
"""

import asyncio
import zlib
from typing import ClassVar, Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.domain.errors import DoorError, TooLarge, Unreadable

CAP: Final = 512 * 1024
BATCH_CAP: Final = 5 * 1024 * 1024
PATIENCE: Final = 30.0
"""Seconds a sender has for the whole body."""

RATIO: Final = 100
RATIO_COUNTS_FROM: Final = 1024 * 1024
MEMBERS: Final = 16
ENCODINGS: Final = ("identity", "gzip", "deflate")

_GZIP_OR_ZLIB: Final = zlib.MAX_WBITS | 32
_RAW: Final = -zlib.MAX_WBITS


class UnknownEncoding(DoorError):
    status: ClassVar[int] = 415
    title: ClassVar[str] = "Unknown encoding"


class TooSlow(DoorError):
    status: ClassVar[int] = 408
    title: ClassVar[str] = "Too slow"


async def read_body(request: web.Request, cap: int = CAP, *, patience: float = PATIENCE) -> bytes:
    """The inflated body, at most `cap` bytes.

    Raises:
        TooLarge, Unreadable, UnknownEncoding, TooSlow.
    """
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ENCODINGS:
        raise UnknownEncoding(f"Content-Encoding must be one of {', '.join(ENCODINGS)}.")
    if (request.content_length or 0) > cap:
        raise _too_large(cap)
    body = await _collect(request, cap, patience)
    if encoding == "identity" or not body:
        return body
    inflated_from = getattr(request.content, "total_compressed_bytes", None)
    if inflated_from is None:
        return _inflate(body, cap)
    _refuse_ratio(len(body), inflated_from)
    return body


async def _collect(request: web.Request, cap: int, patience: float) -> bytes:
    chunks: list[bytes] = []
    size = 0
    try:
        if request.content.is_eof() and request.content.total_bytes <= cap:  # it came at once
            return request.content.read_nowait()
        async with asyncio.timeout(patience):
            while chunk := await request.content.readany():
                size += len(chunk)
                if size > cap:
                    raise _too_large(cap)
                chunks.append(chunk)
    except TimeoutError:
        raise TooSlow(f"The body did not arrive within {patience:g} seconds.") from None
    except (ConnectionError, web.RequestPayloadError, HttpProcessingError):
        raise Unreadable("The body broke off, or is not in its Content-Encoding.") from None
    return b"".join(chunks)


def _inflate(body: bytes, cap: int) -> bytes:
    """Inflates one gzip member after the other, never more than `cap` bytes in all."""
    inflated = b""
    rest = body
    for _ in range(MEMBERS):
        raw = rest[0] & 0x0F != 8 and not rest.startswith(b"\x1f\x8b")  # deflate, no header
        inflater = zlib.decompressobj(_RAW if raw else _GZIP_OR_ZLIB)
        try:
            inflated += inflater.decompress(rest, cap + 1 - len(inflated))
        except zlib.error:
            raise Unreadable("The body is not in its Content-Encoding.") from None
        if len(inflated) > cap:
            raise _too_large(cap)
        if not inflater.eof:
            raise Unreadable("The compressed body breaks off.")
        rest = inflater.unused_data
        if not rest:
            _refuse_ratio(len(inflated), len(body))
            return inflated
    raise Unreadable(f"The body has more than {MEMBERS} gzip members.")


def _refuse_ratio(inflated: int, compressed: int) -> None:
    if inflated > RATIO_COUNTS_FROM and inflated > RATIO * compressed:
        raise TooLarge(f"A body may shrink to 1/{RATIO} at most; this one shrank further.")


def _too_large(cap: int) -> TooLarge:
    return TooLarge(f"The body is larger than {cap // 1024} KB.")
