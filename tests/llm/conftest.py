"""The model's worker against a real server on a real socket."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.llm.worker import ModelWorker, connect
from config.settings import Settings
from tests.fakes.llm import DIALECTS, KEY, ModelServer, model_server

SCHEMA = {
    "title": "answer",
    "type": "object",
    "properties": {"said": {"type": "string"}, "sure": {"type": "boolean"}},
    "required": ["said", "sure"],
    "additionalProperties": False,
}


@dataclass
class Hand:
    """Time that a pause moves on, and nothing else."""

    at: datetime = datetime(2026, 1, 5, 9, tzinfo=UTC)
    pauses: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def provider(request: pytest.FixtureRequest) -> str:
    return str(getattr(request, "param", "openai"))


@pytest.fixture
async def server(provider: str) -> AsyncIterator[ModelServer]:
    async with model_server(dialect=DIALECTS[provider]) as running:
        yield running
        assert running.complaints == []


@pytest.fixture
def hand() -> Hand:
    return Hand()


Connect = Callable[..., ModelWorker]


@pytest.fixture
async def connected(
    provider: str, server: ModelServer, hand: Hand, tmp_path: Path
) -> AsyncIterator[Connect]:
    """A worker whose models are the server's; further words are of the section `llm`."""
    made: list[ModelWorker] = []

    def build(**said: Any) -> ModelWorker:
        llm = {"model": f"{provider}:test-model", "base_url": server.url, "api_key": KEY, **said}
        worker = connect(Settings.model_validate({"llm": llm}), tmp_path)
        assert worker is not None
        worker.now, worker.pause, worker.chance = hand.now, hand.pause, lambda: 0.0
        made.append(worker)
        return worker

    with capture_logs():
        yield build
        for worker in made:
            await worker.close()


def job(schema: Any = SCHEMA, **more: Any) -> dict[str, Any]:
    body = {"kind": "ask", "prompt_version": "1", "system": "Be brief.", "user": "Who?"}
    return {**body, "schema": schema, "max_tokens": 200, **more}
