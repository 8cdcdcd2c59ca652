"""What a door hands to intake, and what it gets back.

Made for every request, and not frozen: that would take three times as long.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.alert import Alert, Decision


@dataclass(slots=True, kw_only=True)
class Arrival:
    """One request: its alerts in order, and the bytes they came as.

    `deduplicates_events`: the same `(source, event_id)` within 24 hours gets its first verdict
    again and counts nothing (the neutral event's promise).
    """

    source: str
    alerts: Sequence[Alert]
    body: bytes
    deduplicates_events: bool = False


@dataclass(slots=True, kw_only=True)
class Verdict:
    """What was decided about one alert, in the order of the request.

    `event_id` is the sender's own where it gave one, else ours. `incident_id` is `INC-…` or None.
    `decided_by` names the silence or the inhibiting rule, `dead_letter` the letter's id.
    `again`: this event was accepted before, and this is what it was told then.
    """

    event_id: str
    incident_id: str | None
    decision: Decision
    decided_by: str = ""
    dead_letter: str | None = None
    again: bool = field(default=False)
