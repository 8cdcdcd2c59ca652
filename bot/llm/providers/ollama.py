"""Ollama, for models on one's own machine."""

from collections.abc import Mapping
from typing import Any

from bot.llm.provider import Knobs, Provider, given
from bot.llm.section import Served


def options(served: Served, knobs: Knobs) -> Mapping[str, Any]:
    return given(base_url=served.base_url, client_kwargs={"timeout": knobs.seconds})


provider = Provider(
    name="ollama",
    module="langchain_ollama",
    install="langchain-ollama",
    options=options,
    structured={"method": "json_schema"},
    limit="num_predict",
)
