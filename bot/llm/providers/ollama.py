"""Ollama, for models on one's own machine."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.llm.provider import Knobs, Provider, given, key_of
from bot.llm.section import Served

CONTEXT: Final = 24_576
"""Tokens it keeps room for: the longest question and its answer. Left to itself it takes a few
thousand and cuts the question without a word."""


def options(served: Served, knobs: Knobs) -> Mapping[str, Any]:
    key = key_of(served)
    asked: dict[str, Any] = {"timeout": knobs.seconds, "follow_redirects": False}
    if key:
        asked["auth"] = _bearing(key)
    return given(
        base_url=served.base_url,
        num_ctx=CONTEXT,
        client_kwargs=asked,
        async_client_kwargs={"transport": knobs.transport},
    )


def _bearing(key: str) -> Callable[[Any], Any]:
    """What httpx does with each request; a header among the options would be shown with them."""

    def bear(request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {key}"
        return request

    return bear


provider = Provider(
    name="ollama",
    module="langchain_ollama",
    install="muster[ai]",
    options=options,
    structured={"method": "json_schema"},
    limit="num_predict",
)
