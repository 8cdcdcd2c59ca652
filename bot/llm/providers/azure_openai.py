"""OpenAI's models at Azure: `model` is the deployment, `base_url` the resource's endpoint."""

from collections.abc import Mapping
from typing import Any, Final

from bot.llm.provider import Knobs, Provider, given, key_of
from bot.llm.section import Served

VERSION: Final = "2024-10-21"
"""Of the API; the first general one that gives JSON of a shape."""


def options(served: Served, knobs: Knobs) -> Mapping[str, Any]:
    return given(
        azure_endpoint=served.base_url,
        azure_deployment=served.model.partition(":")[2],
        api_key=key_of(served),
        api_version=served.api_version or VERSION,
        timeout=knobs.seconds,
        http_async_client=knobs.client,
        max_retries=0,
    )


provider = Provider(
    name="azure_openai",
    module="langchain_openai",
    install="muster[ai]",
    options=options,
    structured={"method": "json_schema", "strict": True},
)
