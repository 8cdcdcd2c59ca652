"""A firing alert may hide others: no page for each shop when the whole data centre is away."""

from collections.abc import Mapping

from pydantic import Field

from bot.domain.alert import digest
from bot.domain.matcher import all_match
from bot.domain.policy.base import Matchers, Policy


class Inhibition(Policy):
    """While an alert matching `source` fires, alerts matching `target` with the same values of the
    labels `equal` are hidden. Alertmanager's inhibit_rules."""

    source: Matchers = Field(min_length=1)
    target: Matchers = Field(min_length=1)
    equal: tuple[str, ...] = ()

    def speaks_of_source(self, labels: Mapping[str, str]) -> bool:
        return all_match(self.source, labels)

    def hides(self, labels: Mapping[str, str]) -> bool:
        """A target that is also a source does not hide itself, as in Alertmanager."""
        return all_match(self.target, labels) and not all_match(self.source, labels)

    def key(self, id: str, labels: Mapping[str, str]) -> str:
        """What a source and its targets share."""
        return digest(id, *(f"{name}={labels.get(name, '')}" for name in self.equal))
