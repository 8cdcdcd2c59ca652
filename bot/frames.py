"""Messages over a stream between two of our processes: four bytes of length, then JSON.

Whoever sends more than may be, or no JSON object, is not one of ours any more; the reader ends.
"""

import asyncio
import struct
from collections.abc import Mapping
from typing import Any, Final

import orjson

_LENGTH: Final = struct.Struct(">I")

LARGEST: Final = 4_000_000
"""Bytes of a message, either way."""


class Garbage(Exception):
    """What came is no message; the stream cannot be read any further."""


def packed(message: Mapping[str, Any]) -> bytes:
    """The bytes of a message.

    Raises:
        ValueError: it is too large, or holds what JSON cannot.
    """
    try:
        body = orjson.dumps(message)
    except TypeError as wrong:
        raise ValueError(f"this cannot be said in JSON: {wrong}") from None
    if len(body) > LARGEST:
        raise ValueError(f"a message has {len(body)} bytes; at most {LARGEST} fit")
    return _LENGTH.pack(len(body)) + body


async def read(stream: asyncio.StreamReader) -> dict[str, Any] | None:
    """The next message; None at the end of the stream, also in the middle of one.

    Raises:
        Garbage: it is too large, or not a JSON object.
    """
    try:
        (length,) = _LENGTH.unpack(await stream.readexactly(_LENGTH.size))
        if length > LARGEST:
            raise Garbage(f"{length} bytes")
        body = await stream.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    try:
        message = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Garbage("no JSON") from None
    if not isinstance(message, dict):
        raise Garbage("no object")
    return message
