"""What a provider is: a name of langchain's, a package, and how our settings are said in its words.

https://docs.langchain.com/oss/python/integrations/chat
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.llm.section import Served


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """What every provider is told besides the model: `client` is an httpx client that gives up on
    what is too long, for those which take one."""

    seconds: float
    client: Any


Options = Callable[[Served, Knobs], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """`install` is what to install where `module` is missing. `structured`: how it is asked for
    JSON of a shape, as arguments of `with_structured_output`. `limit` is its word for the longest
    answer, in tokens."""

    name: str
    module: str
    install: str
    options: Options
    structured: Mapping[str, Any]
    limit: str = "max_tokens"


def given(**options: Any) -> dict[str, Any]:
    """Those that say something; the others are left to langchain."""
    return {name: value for name, value in options.items() if value not in (None, "")}


def key_of(served: Served) -> str | None:
    return served.api_key.get_secret_value() if served.api_key else None
