"""Distributions over incidents, observed when their entries are committed."""

from collections import Counter
from collections.abc import Callable
from typing import Final

from bot.domain.entry import Entry, EntryType
from bot.domain.incident import Incident, Outcome
from bot.domain.ledger import Ledger
from bot.domain.marks import durations

Observe = Callable[[str, str, float], None]
"""(`mttd`, `mtta`, `mttr` or `duration`; severity; seconds)"""

BREACHES: Final = {
    "sla_acknowledge_breached_at": "acknowledgment",
    "sla_resolve_breached_at": "resolution",
}
"""Field that a breach sets → the service level it is of."""


class Figures:
    """Counts what the record says happened; tests and private counts stay out of nothing here,
    since a number names no incident."""

    def __init__(self, observe: Observe) -> None:
        self.observe = observe
        self.created: Counter[tuple[str, str]] = Counter()
        self.resolved: Counter[str] = Counter()
        self.breached: Counter[str] = Counter()

    def told(self, ledger: Ledger) -> None:
        for number, incident in ledger.created.items():
            if not incident.test and number in ledger.touched:
                self.created[incident.severity, incident.source] += 1
                self._observe("mttd", incident, durations(incident).mttd)
        for chained in ledger.entries:
            incident_of = ledger.touched.get(chained.incident or 0)
            if incident_of is not None and not incident_of.test:
                self._entry(chained.entry, incident_of)

    def _entry(self, entry: Entry, incident: Incident) -> None:
        changed = {change.field for change in entry.changes}
        if "first_acknowledged_at" in changed:
            self._observe("mtta", incident, durations(incident).mtta)
        if entry.type is EntryType.RESOLVED:
            self.resolved[incident.severity] += 1
            if incident.outcome is Outcome.FIXED:
                self._observe("mttr", incident, durations(incident).mttr)
        elif entry.type is EntryType.CLOSED:
            if incident.closed_at is not None:
                open_for = (incident.closed_at - incident.opened_at).total_seconds()
                self._observe("duration", incident, max(0.0, open_for))
        elif entry.type is EntryType.SLA_BREACHED:
            self.breached.update(clock for field, clock in BREACHES.items() if field in changed)

    def _observe(self, name: str, incident: Incident, seconds: float | None) -> None:
        if seconds is not None:
            self.observe(name, str(incident.severity), seconds)
