"""Anthropic."""

from collections.abc import Mapping
from typing import Any

from bot.llm.provider import Knobs, Provider, given, key_of
from bot.llm.section import Served


def options(served: Served, knobs: Knobs) -> Mapping[str, Any]:
    return given(
        base_url=served.base_url, api_key=key_of(served), timeout=knobs.seconds, max_retries=0
    )


def fit(chat: Any, knobs: Knobs) -> None:
    """langchain makes its client by itself and takes none; so the one it made gets our ways."""
    made = chat._async_client.with_options(http_client=knobs.client)
    object.__setattr__(chat, "_async_client", made)


provider = Provider(
    name="anthropic",
    module="langchain_anthropic",
    install="muster[ai]",
    options=options,
    structured={"method": "json_schema"},  # its newest models can no longer be made to call a tool
    http="httpx2",
    fit=fit,
)
