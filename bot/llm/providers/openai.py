"""OpenAI, and whatever speaks its wire format at a `base_url`."""

from collections.abc import Mapping
from typing import Any

from bot.llm.provider import Knobs, Provider, given, key_of
from bot.llm.section import Served

NO_KEY = "none"
"""A server of one's own often asks for no key, but the client insists on one."""


def options(served: Served, knobs: Knobs) -> Mapping[str, Any]:
    return given(
        base_url=served.base_url,
        api_key=key_of(served) or (NO_KEY if served.base_url else None),
        timeout=knobs.seconds,
        http_async_client=knobs.client,
        max_retries=0,
    )


provider = Provider(
    name="openai",
    module="langchain_openai",
    install="muster[ai]",
    options=options,
    structured={"method": "json_schema", "strict": True},
)
