"""The real outside, for channels that meet fakes on real sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import ClientSession, DummyCookieJar

from bot.ports.outside import Outside
from tests.fakes.clock import FakeClock

MUSTER = "https://muster.example"


@asynccontextmanager
async def real_outside(public_url: str = MUSTER) -> AsyncIterator[Outside]:
    """The clock shows the true time, since others judge our timestamps; it stands still."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as http:
        yield Outside(http, FakeClock(datetime.now(UTC)), public_url)
