"""What Slack sends, and what it takes for an answer."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from tests.fakes.slack.state import Json

WAITS: Final = (0, 60, 300)
"""Seconds until an event comes again: https://docs.slack.dev/apis/events-api/#retries."""


class Sort(StrEnum):
    """By the names that Socket Mode has for them."""

    EVENT = "events_api"
    COMMAND = "slash_commands"
    INTERACTION = "interactive"


@dataclass(frozen=True)
class Letter:
    sort: Sort
    payload: Json
    retry_num: int = 0
    retry_reason: str = ""

    def again(self, reason: str) -> "Letter":
        return replace(self, retry_num=self.retry_num + 1, retry_reason=reason)


@dataclass(frozen=True)
class Ack:
    """`body` is JSON if it was written as such, else text, `""` where there is none; `reason` is
    Slack's word for why the letter did not arrive; `seconds` really passed."""

    status: int = 0
    body: Any = ""
    reason: str = ""
    seconds: float = 0
    headers: Json = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.reason
