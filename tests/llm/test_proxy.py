"""Behind a company's proxy: `HTTPS_PROXY` and `NO_PROXY` hold for every provider."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from structlog.testing import capture_logs

from bot.llm import PROVIDERS, connect
from bot.llm.worker import ModelWorker
from bot.ports.analyst import Refused
from config.settings import Settings
from tests.llm.conftest import job

PATIENCE: Final = 30.0
"""Seconds; a provider's library alone takes one to import on a slow machine."""


@dataclass
class Proxy:
    """Lets nobody through, and remembers where they wanted to go."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def refuse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append((await reader.readline()).decode().strip())
        self.heard.set()
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()


@pytest.fixture
async def proxy(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Proxy]:
    made = Proxy()
    server = await asyncio.start_server(made.refuse, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    for name in ("http_proxy", "all_proxy", "no_proxy", "NO_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", made.url)
    yield made
    server.close()


def worker_of(name: str, url: str, tmp_path: Path) -> ModelWorker:
    llm = {"model": f"{name}:m", "base_url": url, "api_key": "k", "timeout": PATIENCE}
    worker = connect(Settings.model_validate({"llm": llm}), tmp_path)
    assert worker is not None
    return worker


@pytest.mark.parametrize("name", PROVIDERS)
async def test_it_is_asked_to_lead_there(name: str, proxy: Proxy, tmp_path: Path) -> None:
    worker = worker_of(name, "https://models.example", tmp_path)
    with capture_logs():
        asking = asyncio.create_task(worker.do("complete", job(), PATIENCE))
        await asyncio.wait_for(proxy.heard.wait(), PATIENCE)
        asking.cancel()  # else it tries again for as long as it may
        await asyncio.wait({asking})
        await worker.close()
    assert proxy.asked[0] == "CONNECT models.example:443 HTTP/1.1"


@pytest.mark.parametrize("name", ["openai", "anthropic"])
async def test_what_is_named_is_gone_to_without_it(
    name: str, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "localhost")
    for url in ("https://localhost:9", "http://127.0.0.1:9"):
        worker = worker_of(name, url, tmp_path)
        with capture_logs(), pytest.raises(Refused):
            await worker.do("complete", job(), 0.8)
        await worker.close()
    assert proxy.asked == []
