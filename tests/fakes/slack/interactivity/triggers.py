"""A trigger_id opens one view within three seconds of the click it came with.

https://docs.slack.dev/interactivity/handling-user-interaction/#modal_responses
"""

from dataclasses import dataclass
from itertools import count
from typing import Final

from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.time import Time

LIVES: Final = 3.0
"""Seconds."""


@dataclass
class Trigger:
    user: str
    made: float
    exchanged: bool = False


class Triggers:
    def __init__(self, time: Time) -> None:
        self._time = time
        self._made: dict[str, Trigger] = {}
        self._numbers = count(1)

    def make(self, user: str) -> str:
        number = next(self._numbers)
        id = f"{number}.98765.{number:032x}"
        self._made[id] = Trigger(user, self._time.now())
        return id

    def exchange(self, id: str) -> str:
        """Whose click it was; Refusal if it is too late, or was used already."""
        trigger = self._made.get(id)
        if trigger is None:
            raise Refusal("invalid_trigger_id", id)
        if trigger.exchanged:
            raise Refusal("exchanged_trigger_id", id)
        if self._time.now() - trigger.made > LIVES:
            raise Refusal("expired_trigger_id", id)
        trigger.exchanged = True
        return trigger.user
