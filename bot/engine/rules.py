"""The policies in force now; a reload swaps them whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.policy import Person, Policies


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """Times that decide what an alert means (DESIGN, Identity)."""

    settle: timedelta = timedelta(seconds=60)
    duplicate_window: timedelta = timedelta(seconds=300)
    still_firing_after: timedelta = timedelta(minutes=15)
    refire_within: timedelta = timedelta(minutes=30)
    page_again_after: timedelta = timedelta(minutes=15)
    quiet_after: timedelta = timedelta(minutes=60)


@dataclass(slots=True)
class Rules:
    policies: Policies
    intake: IntakeRules = field(default_factory=IntakeRules)
    auto_close_after: timedelta = timedelta(hours=72)
    archive_after: timedelta = timedelta(days=7)
    draft_after: timedelta = timedelta(seconds=1)
    undo_within: timedelta = timedelta(minutes=10)
    _admitted: dict[str, Person] = field(default_factory=dict)

    def swap(self, policies: Policies) -> None:
        """New policies; the next sweep of the timers looks at what the old ones hid."""
        self.policies = policies.joined_by(self._admitted)

    def admit(self, people: Mapping[str, Person]) -> None:
        """People whom the files do not name; they stay when the files are read again."""
        self._admitted.update(people)
        self.policies = self.policies.joined_by(people)
