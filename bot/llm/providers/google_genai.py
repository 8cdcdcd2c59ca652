"""Google's Gemini."""

from collections.abc import Mapping
from typing import Any

from bot.llm.provider import Knobs, Provider, given, key_of
from bot.llm.section import Served


def options(served: Served, knobs: Knobs) -> Mapping[str, Any]:
    return given(
        base_url=served.base_url,
        api_key=key_of(served),
        timeout=knobs.seconds,
        max_retries=1,  # tries, where others say retries
        client_args={"transport": knobs.transport},
    )


provider = Provider(
    name="google_genai",
    module="langchain_google_genai",
    install="muster[ai]",
    options=options,
    structured={"method": "json_schema"},
)
