"""A small JSON answer that goes out in one write: what busy doors give.

aiohttp's own way to an answer serves compression, chunks, cookies and other versions of HTTP, none
of which a 202 needs; at a busy door it is a tenth of all work. Who does not keep the connection, or
speaks HTTP/1.0, is answered that way all the same.
"""

import time
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import HttpVersion11, web
from aiohttp.abc import AbstractStreamWriter

from handlers.http import NO_SNIFFING, NO_STORING, answer


class AtOnce(web.StreamResponse):
    """Its head is fixed from the start, so nobody adds a header to it."""

    def __init__(self, body: bytes, status: int) -> None:
        super().__init__(status=status)
        self.whole = b"%b%d\r\nDate: %b\r\n\r\n%b" % (_head(status), len(body), _date(), body)

    @property
    def prepared(self) -> bool:
        return True

    @property
    def keep_alive(self) -> bool:
        return True

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter:
        """Sends everything; raises ConnectionError where nobody listens any more."""
        await request.writer.write(self.whole)
        return request.writer

    async def write_eof(self, data: bytes = b"") -> None:
        """It was sent."""


def answer_at_once(
    request: web.Request, data: Any, *, status: int = HTTPStatus.ACCEPTED
) -> web.StreamResponse:
    """JSON, as `handlers.http.answer` gives it."""
    if request.keep_alive and request.version == HttpVersion11:
        return AtOnce(orjson.dumps(data), status)
    return answer(data, status=status)


@lru_cache
def _head(status: int) -> bytes:
    headers = (("Content-Type", "application/json"), NO_SNIFFING, NO_STORING)
    said = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{said}Content-Length: ".encode()


def _date() -> bytes:
    return _date_in(int(time.perf_counter()))


@lru_cache(maxsize=1)
def _date_in(_: int) -> bytes:
    """Made anew each second, as RFC 9110 (5.6.7) writes it."""
    return formatdate(usegmt=True).encode()
