"""Where an alert belongs: whose it is, how loud it may get, what it is grouped by."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final

from pydantic import Field, field_validator

from bot.domain.duration import Duration
from bot.domain.matcher import all_match
from bot.domain.noise import Noise
from bot.domain.policy.base import Matchers, Policy
from bot.domain.severity import Severity

NUMBER: Final = "{number}"
"""Stands for the incident's number in the `call` of a route."""


class Loudness(StrEnum):
    ROOM = "room"
    THREAD = "thread"
    QUIET = "quiet"


class Correlation(Policy):
    """An alert of a new group joins an incident of this route that agrees in these labels."""

    by: tuple[str, ...] = Field(min_length=1)
    within: Duration = timedelta(minutes=10)


class Route(Policy):
    """Tried in the order of the file; the first whose `match` holds takes the alert. `bridge` names
    more platforms on which a public incident has a room too. `call` is where people meet, with
    `{number}`. `capture` keeps for a while what
    people say to each other in its rooms; `mirror` shows it in its rooms on other platforms too."""

    match: Matchers = ()
    fallback: bool = False
    service: str | None = None
    team: str | None = None
    policy: str | None = None
    severity: Severity | None = None
    default_severity: Severity = Severity.P2
    ceiling: Severity | None = None
    group_by: tuple[str, ...] = ()
    correlate: Correlation | None = None
    loudness: Loudness | None = None
    platform: str | None = None
    bridge: tuple[str, ...] = ()
    call: str | None = None
    private: bool = False
    invite: tuple[str, ...] = ()
    noise: Noise | None = None
    capture: bool = False
    mirror: bool = False

    @field_validator("call")
    @classmethod
    def _link(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.lower().startswith(("http://", "https://")):
            raise ValueError("write an address that begins with https://")
        if "{" in value.replace(NUMBER, "") or "}" in value.replace(NUMBER, ""):
            raise ValueError(f"between braces only {NUMBER} can be filled in")
        return value

    def call_for(self, number: int) -> str | None:
        """Where people meet about the incident of this number."""
        return self.call and self.call.replace(NUMBER, str(number))

    @property
    def keeps_talk(self) -> bool:
        """What is shown elsewhere is kept as well."""
        return self.capture or self.mirror

    def matches(self, labels: Mapping[str, str]) -> bool:
        return self.fallback or all_match(self.match, labels)

    def group_key(self, id: str, labels: Mapping[str, str], own: str) -> str:
        """The route's `group_by` where set, else `own` (the source's group or the fingerprint)."""
        if not self.group_by:
            return own
        return "\x1f".join([f"route:{id}", *(f"{n}={labels.get(n, '')}" for n in self.group_by)])

    def capped(self, severity: Severity) -> Severity:
        """Never worse than the ceiling."""
        if self.ceiling is not None and severity.worse_than(self.ceiling):
            return self.ceiling
        return severity
