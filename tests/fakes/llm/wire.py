"""What every vendor's wire format comes down to: a question that was found good, and its answer."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

KEY = "sk-test-0123456789abcdef0123"
MODEL = "test-model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`schema` is what the answer must be, where one was given; `tool`: the function that must be
    called with it; `limit`: its longest answer in tokens."""

    body: Mapping[str, Any]
    model: str
    system: str
    user: str
    schema: Mapping[str, Any] | None = None
    tool: str | None = None
    limit: int | None = None
    stream: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """`path` is where it is asked, `base` what stands behind the host in a base URL.

    `admits` looks at the credentials; `complaint` says what the vendor would refuse with 400, and
    is empty where all is well. `error` is the body of a refusal, `busy` the headers and the body of
    one with 429 that says in how many seconds to come back.
    """

    path: str
    base: str
    admits: Callable[[web.Request], bool]
    complaint: Callable[[Any, web.Request], str]
    read: Callable[[Any, web.Request], Asked]
    answer: Callable[[Asked, str], Mapping[str, Any]]
    streamed: Callable[[Asked, str], Iterator[str]]
    stream_type: str
    declined: Callable[[Asked], Mapping[str, Any]]
    error: Callable[[int, str], Mapping[str, Any]]
    busy: Callable[[str], tuple[Mapping[str, str], Mapping[str, Any]]]


def bearer(request: web.Request) -> bool:
    return request.headers.get("Authorization") == f"Bearer {KEY}"


def tokens(text: str) -> int:
    """Roughly what a tokenizer would count."""
    return max(1, len(text) // 4)


def halves(text: str) -> tuple[str, str]:
    middle = len(text) // 2
    return text[:middle], text[middle:]


def unknown(body: Any, known: frozenset[str], needed: frozenset[str]) -> str:
    """What is wrong with the fields of an object; empty where nothing is."""
    if not isinstance(body, dict):
        return "it is no JSON object"
    if strange := sorted(body.keys() - known):
        return f"unknown arguments: {strange}"
    if missing := sorted(needed - body.keys()):
        return f"missing arguments: {missing}"
    return ""
