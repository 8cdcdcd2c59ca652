"""A silence hides alerts that match it until it ends; it never hides an incident already open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain.alert import digest
from bot.domain.errors import Invalid
from bot.domain.matcher import Matcher, all_match

DEFAULT_LENGTH: Final = timedelta(hours=1)
LONGEST: Final = timedelta(days=7)
RESPONDER_LONGEST: Final = timedelta(hours=4)
GROUP_LABEL: Final = "__group__"
"""The matcher name under which a silence made from an incident covers exactly its group: the value
is the digest of the group's key, which may be long and full of odd characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """`ended_at` is set when someone ended it early or its end was carried out."""

    id: int
    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime
    created_by: str
    created_by_name: str = ""
    comment: str = ""
    incident: int | None = None
    ended_at: datetime | None = None

    def hides(self, labels: Mapping[str, str], group_key: str, at: datetime) -> bool:
        in_force = self.ended_at is None and self.starts_at <= at < self.ends_at
        return in_force and self.matches(labels, group_key)

    def matches(self, labels: Mapping[str, str], group_key: str) -> bool:
        """Whether it speaks of an alert with these labels of this group, at whatever time."""
        return all_match(self.matchers, {**labels, GROUP_LABEL: digest(group_key)})


def check_matchers(matchers: tuple[Matcher, ...]) -> None:
    """Refuses a silence that would hide everything.

    Raises:
        Invalid: no matcher is given, or each of them also holds where the label is missing.
    """
    if not matchers or all(matcher.matches_empty for matcher in matchers):
        raise Invalid(
            'A silence needs at least one matcher that names a value, for example service="api".',
            field="matchers",
        )


def check_length(starts_at: datetime, ends_at: datetime) -> None:
    """A silence always ends, after at most seven days.

    Raises:
        Invalid: the end is not after the start, or too far from it.
    """
    if ends_at <= starts_at:
        raise Invalid("A silence must end after it starts.", field="ends_at")
    if ends_at - starts_at > LONGEST:
        raise Invalid("A silence lasts at most 7 days.", field="ends_at")
