"""The app's two icons, drawn here so that nothing binary lies in the repository.

Colour: 192 x 192 on a full background; outline: 32 x 32, white on nothing.
https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/apps-package#app-icons
"""

import struct
import zlib
from collections.abc import Callable
from typing import Final

Pixel = tuple[int, int, int, int]
"""Red, green, blue, opacity: 0 to 255."""

DARK: Final = (36, 41, 47, 255)
WHITE: Final = (255, 255, 255, 255)
NOTHING: Final = (255, 255, 255, 0)

COLOUR: Final = 192
OUTLINE: Final = 32
FINE: Final = 3
"""Samples of a pixel in each direction: edges are smooth."""


def colour() -> bytes:
    """A PNG."""
    return _png(COLOUR, _drawn(COLOUR, DARK))


def outline() -> bytes:
    """A PNG."""
    return _png(OUTLINE, _drawn(OUTLINE, NOTHING))


def _in_the_m(x: float, y: float) -> bool:
    """Whether the point (0 to 1 from the left and from above) is in a capital M."""
    if not (0.22 <= x <= 0.78 and 0.24 <= y <= 0.76):
        return False
    upright = x <= 0.33 or x >= 0.67
    valley = 0.24 + (0.5 - abs(x - 0.5) - 0.22) / 0.28 * 0.36
    return upright or valley - 0.08 <= y <= valley + 0.08


def _drawn(size: int, ground: Pixel) -> Callable[[int, int], Pixel]:
    steps = [(n + 0.5) / FINE for n in range(FINE)]

    def pixel(column: int, row: int) -> Pixel:
        inside = sum(
            _in_the_m((column + dx) / size, (row + dy) / size) for dx in steps for dy in steps
        )
        share = inside / FINE**2
        red, green, blue, opacity = (
            round(back + (front - back) * share) for back, front in zip(ground, WHITE, strict=True)
        )
        return red, green, blue, opacity

    return pixel


def _png(size: int, pixel: Callable[[int, int], Pixel]) -> bytes:
    """https://www.w3.org/TR/png-3/: 8 bits a channel, colour with opacity."""
    rows = b"".join(
        b"\0" + b"".join(bytes(pixel(column, row)) for column in range(size)) for row in range(size)
    )
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
