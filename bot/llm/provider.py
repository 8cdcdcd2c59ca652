"""What a provider is: a name of langchain's, a package, and how our settings are said in its words.

https://docs.langchain.com/oss/python/integrations/chat
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.llm.section import Served


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """What every provider is told besides the model.

    `transport` gives up on what is too long, and `client` talks through it: each provider takes
    one of them. Both are of the library that it names in `http`.
    """

    seconds: float
    client: Any
    transport: Any


Options = Callable[[Served, Knobs], Mapping[str, Any]]


def _as_it_is(chat: Any, knobs: Knobs) -> None:
    """Its options said everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """`install` is what to install where `module` is missing. `structured`: how it is asked for
    JSON of a shape, as arguments of `with_structured_output`. `limit` is its word for the longest
    answer, in tokens. `http`: the library its client is made on. `fit` tells the model, once it is
    made, what no option can."""

    name: str
    module: str
    install: str
    options: Options
    structured: Mapping[str, Any]
    limit: str = "max_tokens"
    http: str = "httpx"
    fit: Callable[[Any, Knobs], None] = _as_it_is


def given(**options: Any) -> dict[str, Any]:
    """Those that say something; the others are left to langchain."""
    return {name: value for name, value in options.items() if value not in (None, "")}


def key_of(served: Served) -> str | None:
    return served.api_key.get_secret_value() if served.api_key else None
