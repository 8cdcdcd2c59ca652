"""The analyst: a process beside the core where models and vectors live. Any time it may be missing.

The core hands it a job and waits no longer than the job allows; what comes back is data that the
core checks, and stores. The analyst knows no database of ours and can do nothing to an incident.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol


class Ability(StrEnum):
    MODEL = "model"
    VECTORS = "vectors"


class Unavailable(Exception):
    """It is missing, starting, hanging, overloaded, or talked nonsense. Go on without."""


class Refused(Exception):
    """It answered that it could not do this; `code` says why in a word, such as `bad_job`."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`kind`: `<ability>.<verb>`, such as `model.complete`. `seconds`: how long one waits."""

    kind: str
    body: Mapping[str, Any]
    seconds: float = 30.0

    @property
    def ability(self) -> Ability:
        return Ability(self.kind.partition(".")[0])


class Analyst(Protocol):
    def facts(self, ability: Ability) -> Mapping[str, Any] | None:
        """What it says of this ability, such as names of models; None while it has it not."""
        ...

    async def do(self, job: Job) -> Mapping[str, Any]:
        """What came of it, as plain JSON.

        Raises:
            Unavailable: there is nobody who could; at the latest when the job's seconds are over.
            Refused: it could not be done.
        """
        ...


class Nobody:
    """The analyst of an installation without a model and without an embedding."""

    def facts(self, ability: Ability) -> Mapping[str, Any] | None:
        return None

    async def do(self, job: Job) -> Mapping[str, Any]:
        raise Unavailable


NOBODY: Final[Analyst] = Nobody()
