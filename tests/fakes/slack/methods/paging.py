"""Pages by cursor: https://docs.slack.dev/apis/web-api/pagination."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import TypeVar

from tests.fakes.slack.call import Call
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.state import Json

T = TypeVar("T")


def page(call: Call, items: Sequence[T], *, default: int = 100, most: int = 1000) -> list[T]:
    """The page that was asked for; `more` says where the next one begins."""
    start, size = _start(call), _size(call, default, most)
    return list(items[start : start + size])


def more(call: Call, items: Sequence[T], *, default: int = 100, most: int = 1000) -> Json:
    end = _start(call) + _size(call, default, most)
    cursor = urlsafe_b64encode(f"at:{end}".encode()).decode() if end < len(items) else ""
    return {"response_metadata": {"next_cursor": cursor}}


def _size(call: Call, default: int, most: int) -> int:
    size = call.number("limit", default) or default
    if not 1 <= size <= most:
        raise Refusal("invalid_limit", str(size))
    return size


def _start(call: Call) -> int:
    cursor = call.text("cursor")
    if not cursor:
        return 0
    try:
        return int(urlsafe_b64decode(cursor).decode().removeprefix("at:"))
    except ValueError as error:
        raise Refusal("invalid_cursor", cursor) from error
