"""What goes wrong between a bot and Microsoft, by script; see `tests.fakes.slack.faults`."""

from typing import Final

from tests.fakes.slack.faults import (
    HALF_BODY,
    HANG,
    LOST_ANSWER,
    NO_JSON,
    RESET,
    Fault,
    Faults,
    misbehave,
)

__all__ = [
    "GONE",
    "HALF_BODY",
    "HANG",
    "LOST_ANSWER",
    "NO_JSON",
    "RESET",
    "Fault",
    "Faults",
    "answers",
    "broken",
    "misbehave",
    "rate_limited",
]


def answers(status: int, code: str, message: str = "") -> Fault:
    body = f'{{"error":{{"code":"{code}","message":"{message or code}"}}}}'
    return Fault(status=status, body=body)


def rate_limited(retry_after: str | int | None = 10) -> Fault:
    """429 with `Retry-After` as it is written here; None leaves it out, as the Connector may."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    body = '{"error":{"code":"Throttled","message":"Too many requests"}}'
    return Fault(status=429, headers=headers, body=body)


def broken(status: int = 502) -> Fault:
    """412, 502 and 504 must be tried again:
    https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit"""
    return Fault(status=status, body="<h1>Server Error</h1>", content_type="text/html")


GONE: Final = answers(404, "ActivityNotFoundInConversation", "The message was deleted.")
