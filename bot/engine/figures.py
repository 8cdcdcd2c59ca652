"""Distributions over incidents, observed when their entries are committed."""

from collections import Counter
from collections.abc import Callable

from bot.domain.entry import Entry, EntryType
from bot.domain.incident import Incident, Outcome
from bot.domain.ledger import Ledger

Observe = Callable[[str, str, float], None]
"""(`mtta`, `mttr` or `duration`; severity; seconds)"""


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
        for chained in ledger.entries:
            incident_of = ledger.touched.get(chained.incident or 0)
            if incident_of is not None and not incident_of.test:
                self._entry(chained.entry, incident_of)

    def _entry(self, entry: Entry, incident: Incident) -> None:
        severity = str(incident.severity)
        if entry.type is EntryType.ACKNOWLEDGED:
            if incident.acknowledged_at is not None and _first(entry):
                self._since("mtta", severity, incident, incident.acknowledged_at.timestamp())
        elif entry.type is EntryType.RESOLVED and incident.resolved_at is not None:
            self.resolved[severity] += 1
            if incident.outcome is Outcome.FIXED:
                self._since("mttr", severity, incident, incident.resolved_at.timestamp())
        elif entry.type is EntryType.CLOSED and incident.closed_at is not None:
            self._since("duration", severity, incident, incident.closed_at.timestamp())
        elif entry.type is EntryType.SLA_BREACHED:
            clock = "acknowledgment" if incident.sla_acknowledge_breached_at else "resolution"
            self.breached[clock] += 1

    def _since(self, name: str, severity: str, incident: Incident, end: float) -> None:
        self.observe(name, severity, max(0.0, end - incident.opened_at.timestamp()))


def _first(acknowledgement: Entry) -> bool:
    """Nobody had it before; who answers a later round is not the first."""
    return any(c.field == "acknowledged_at" and c.old is None for c in acknowledgement.changes)
