"""An embedding by langchain's name, over the wire, from a server that speaks as OpenAI does."""

import asyncio
from pathlib import Path

import pytest

from bot.domain.errors import ConfigError
from config.settings import Settings
from storage.vectors import connect
from tests.fakes.llm.server import DIMENSIONS, model_server
from tests.fakes.llm.wire import KEY


def settings(url: str) -> Settings:
    llm = {"model": "openai:test-model", "base_url": url, "api_key": KEY}
    knowledge = {"embedding": "openai:text-embedding-3-small"}
    return Settings.model_validate({"llm": llm, "knowledge": knowledge})


async def test_it_is_asked_where_the_model_is(tmp_path: Path) -> None:
    async with model_server() as server:
        worker = await asyncio.to_thread(connect, settings(server.url), tmp_path)
        assert worker is not None
        assert worker.facts() == {
            "embedding": "openai:text-embedding-3-small",
            "dimensions": DIMENSIONS,
        }
        passage = {"document": 1, "place": 0, "of": 1, "digest": "d", "text": "pool exhausted"}
        await worker.do("put", {"passages": [passage]}, 5.0)
        found = await worker.do("find", {"text": "pool exhausted", "limit": 1}, 5.0)
        assert found["found"][0]["score"] > 0.99
        assert server.complaints == []
        await worker.close()


def test_one_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not answer"):
        connect(settings("http://127.0.0.1:9/v1"), tmp_path)
