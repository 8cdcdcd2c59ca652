"""What each severity means: vendor words, clocks, targets, loudness."""

from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from bot.domain.duration import Duration
from bot.domain.policy.base import Policy
from bot.domain.policy.route import Loudness


class Telling(StrEnum):
    """How the first level hears of an incident."""

    RING = "ring"
    QUIET = "quiet"
    NOBODY = "nobody"


class Postmortem(StrEnum):
    """Whether one is drafted when it is resolved; a required one closes it when it is published."""

    NONE = "none"
    DRAFT = "draft"
    REQUIRED = "required"


class SlaTargets(Policy):
    """Targets for reports, warnings and breaches; they page nobody by themselves."""

    acknowledge: Duration
    resolve: Duration
    warn_at: float = Field(default=0.8, gt=0, lt=1)


class SeverityPolicy(Policy):
    """`None` for a clock: it never runs out."""

    label: str = ""
    emoji: str = ""
    words: tuple[str, ...] = ()
    acknowledge_within: Duration | None = None
    resolve_within: Duration | None = None
    page_manager_after: Duration | None = None
    sla: SlaTargets = SlaTargets(acknowledge=timedelta(days=1), resolve=timedelta(days=7))
    loudness: Loudness = Loudness.ROOM
    tells: Telling = Telling.QUIET
    update_every: Duration | None = None
    postmortem: Postmortem = Postmortem.NONE
