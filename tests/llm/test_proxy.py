"""Behind a company's proxy: `HTTPS_PROXY` and `NO_PROXY` hold for every provider."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.llm import PROVIDERS, connect
from bot.ports.analyst import Refused
from config.settings import Settings
from tests.llm.conftest import job


@dataclass
class Proxy:
    """Lets nobody through, and remembers where they wanted to go."""

    url: str = ""
    asked: list[str] = field(default_factory=list)

    async def refuse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append((await reader.readline()).decode().strip())
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


async def asked(name: str, url: str, tmp_path: Path) -> None:
    llm = {"model": f"{name}:m", "base_url": url, "api_key": "k", "timeout": "2s"}
    with capture_logs():
        worker = connect(Settings.model_validate({"llm": llm}), tmp_path)
        assert worker is not None
        with pytest.raises(Refused):
            await worker.do("complete", job(), 0.8)
        await worker.close()


@pytest.mark.parametrize("name", PROVIDERS)
async def test_it_is_asked_to_lead_there(name: str, proxy: Proxy, tmp_path: Path) -> None:
    await asked(name, "https://models.example", tmp_path)
    assert proxy.asked[0] == "CONNECT models.example:443 HTTP/1.1"


@pytest.mark.parametrize("name", ["openai", "anthropic"])
async def test_what_is_named_is_gone_to_without_it(
    name: str, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "localhost")
    await asked(name, "https://localhost:9", tmp_path)
    await asked(name, "http://127.0.0.1:9", tmp_path)
    assert proxy.asked == []
