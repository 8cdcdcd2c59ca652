"""What a model was asked, what it said, and what that used up: kept by the core, never by a model.

What a model says changes nothing. A suggestion is a command that a person may press; that it was
pressed, changed or refused is kept with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol

MICRO: Final = 1_000_000
"""Money is counted in millionths, so that sums are exact."""


DECIDED: Final = "That was decided already."


class SuggestionKind(StrEnum):
    CATEGORY_CHANGE = "category_change"
    PRIORITY_ADJUSTMENT = "priority_adjustment"
    ASSIGNMENT = "assignment"
    RESOLUTION = "resolution"
    RELATED_INCIDENTS = "related_incidents"


class SuggestionStatus(StrEnum):
    PENDING = "pending"
    APPLIED = "applied"
    MODIFIED = "modified"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """`command` is what a person would type; `incident` is the one it is for.

    `decided_by` is who applied, changed or refused it, `reason` why; `rating` is 1 to 5.
    """

    id: str
    analysis: str
    incident: int
    kind: SuggestionKind
    text: str
    command: str
    confidence: float
    made_at: datetime
    status: SuggestionStatus = SuggestionStatus.PENDING
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str = ""
    rating: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """`digest` is of all that was asked. `result` is what became of the answer after every check.

    `status` is `done` or `failed`, then with a `reason`. `cost` is money. `mentions` are numbers of
    other incidents in it: whoever may not see one of those may not see this either. `provider` is
    empty where no model was needed.
    """

    id: str
    kind: str
    incident: int | None
    asked_by: str
    provider: str = ""
    model: str = ""
    prompt: str = ""
    prompt_version: str = ""
    digest: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)
    confidence: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    seconds: float = 0.0
    status: str = "done"
    reason: str = ""
    private: bool = False
    mentions: tuple[int, ...] = ()
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Limit:
    """`scope` is counted by itself for each `day`, or in all where that is empty.

    `money` is in millionths; None is no limit.
    """

    scope: str
    day: str
    money: int | None
    tokens: int | None


class Analyses(Protocol):
    async def reserve(self, limits: Sequence[Limit], money: int, tokens: int) -> str | None:
        """Counts what a call may use up, before it; the scope in which that is too much, if any.

        Then nothing is counted.
        """
        ...

    async def settle(self, limits: Sequence[Limit], money: int, tokens: int) -> None:
        """Adds what it really used up beyond what was reserved; usually less than nothing."""
        ...

    async def used(self, scope: str, day: str) -> tuple[int, int]:
        """Money in millionths, and tokens."""
        ...

    async def used_on(self, day: str) -> Mapping[str, tuple[int, int]]:
        """The same of all scopes of a day."""
        ...

    async def keep(self, analysis: Analysis, suggestions: Sequence[Suggestion] = ()) -> None: ...
    async def cached(self, digest: str, since: datetime) -> Analysis | None:
        """The newest that was done with just this asked."""
        ...

    async def of_incident(self, number: int, limit: int) -> Sequence[Analysis]:
        """Newest first; see `Analysis.mentions` for whom."""
        ...

    async def analysis(self, id: str) -> Analysis | None: ...
    async def suggestions(self, analyses: Sequence[str]) -> Sequence[Suggestion]: ...
    async def suggestion(self, id: str) -> Suggestion | None: ...
    async def decide(self, id: str, status: SuggestionStatus, *, by: str, reason: str = "") -> bool:
        """False where it was decided before. What is carried out is decided by the act's own
        transaction: see bot.ports.store.Decision."""
        ...

    async def rate(self, id: str, rating: int) -> bool: ...
