"""Who is told next: levels of targets, and the manager."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer

from bot.domain.policy.base import Policy
from bot.domain.severity import Severity


class TargetKind(StrEnum):
    ONCALL = "oncall"  # who is on call in the owning team's schedule, or oncall:<schedule>
    USER = "user"  # user:<person>
    TEAM = "team"  # every member of the owning team, or team:<team>
    MANAGER = "manager"  # the owning team's manager, or manager:<team>
    EMAIL = "email"  # email:<address>, for somebody outside
    WEBHOOK = "webhook"  # webhook:<url>


class Target(Policy):
    kind: TargetKind
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else str(self.kind)


NEEDS_ID = frozenset({TargetKind.USER, TargetKind.EMAIL, TargetKind.WEBHOOK})


def _read_target(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    kind, _, id = value.partition(":")
    if kind not in set(TargetKind):
        known = ", ".join(TargetKind)
        raise ValueError(f"{value!r} is no target; it begins with one of {known}")
    if TargetKind(kind) in NEEDS_ID and not id:
        raise ValueError(f"{value!r} must say whom, as in {kind}:…")
    return Target(kind=TargetKind(kind), id=id)


Targets = Annotated[
    tuple[
        Annotated[Target, BeforeValidator(_read_target, json_schema_input_type=str)],
        ...,
    ],
    PlainSerializer(lambda targets: [str(t) for t in targets], return_type=list[str]),
]


class Level(Policy):
    """`fallback` is told where the targets are nobody. `ring_despite_ack`: also when taken."""

    targets: Targets = Field(min_length=1)
    fallback: Targets = ()
    ring_despite_ack: bool = False


class ManagerLevel(Policy):
    targets: Targets = (Target(kind=TargetKind.MANAGER),)
    fallback: Targets = ()
    ring_despite_ack: tuple[Severity, ...] = (Severity.P0,)


class Escalation(Policy):
    """Level 1 is told at opening, level 2 and 3 by the clocks of the severity or by hand."""

    levels: tuple[Level, ...] = Field(min_length=1)
    manager: ManagerLevel = ManagerLevel()

    def level(self, number: int) -> Level:
        """Levels count from 1; past the last one it is the last again."""
        return self.levels[min(number, len(self.levels)) - 1]
