"""What is on the record of an incident, as lines that a model can read and point at.

Each line has a label of our own (`f` facts, `e` entries, `a` alerts) and holds foreign words, made
harmless one by one: nothing in a line can pass for another line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.cards.markdown import bare
from bot.cards.names import person_name, state_name
from bot.cards.timeline import sentence
from bot.domain.alert import AlertRecord
from bot.domain.entry import Entry, EntryType
from bot.domain.incident import Incident
from bot.domain.policy import Policies
from bot.engine.analysis.foreign import material

LINE: Final = 600
LINES: Final = 150
ALERTS: Final = 30
LEFT_OUT: Final = frozenset(
    {
        *(EntryType.NOTIFICATION_SENT, EntryType.REMINDED, EntryType.SIMILAR_FOUND),
        *(EntryType.POSTMORTEM_DRAFTED, EntryType.POSTMORTEM_EDITED, EntryType.POSTMORTEM_REVIEW),
    }
)


@dataclass(frozen=True, slots=True)
class Record:
    """Label → line, in the order of time."""

    lines: Mapping[str, str]

    def text(self) -> str:
        return "\n".join(f"[{label}] {line}" for label, line in self.lines.items())

    def of(self, labels: Sequence[str]) -> list[str]:
        """The lines that are named, as far as they exist."""
        return [self.lines[label] for label in labels if label in self.lines]


def record_of(
    incident: Incident,
    entries: Sequence[Entry],
    alerts: Sequence[AlertRecord],
    policies: Policies,
    *,
    since: datetime | None = None,
) -> Record:
    """`since`: only what happened after it, besides the facts."""
    lines = {f"f{n}": line for n, line in enumerate(_facts(incident, policies), 1)}
    gone = {entry.corrects for entry in entries if entry.corrects is not None}
    told = [
        entry
        for entry in entries
        if entry.seq not in gone
        and entry.type not in LEFT_OUT
        and not entry.metadata.get("erased")
        and (since is None or entry.occurred_at > since)
    ]
    for alert_number, alert in enumerate(alerts[:ALERTS], 1):
        lines[f"a{alert_number}"] = _alert(alert)
    for entry in told[-LINES:]:
        said = bare(sentence(entry, policies.people))
        lines[f"e{entry.seq}"] = _line(f"{_at(entry.occurred_at)} {said}")
    return Record({label: line for label, line in lines.items() if line})


def _facts(incident: Incident, policies: Policies) -> list[str]:
    people = policies.people
    said = [
        f"incident #{incident.number}: {incident.title}",
        incident.description,
        f"state {state_name(incident.status)}, severity {incident.severity}, "
        f"category {incident.category}",
        f"opened {_at(incident.opened_at)}",
        f"service {incident.service}" if incident.service else "",
        f"environment {incident.environment}" if incident.environment else "",
        f"impact {incident.impact}" if incident.impact else "",
        f"mitigated {_at(incident.mitigated_at)}" if incident.mitigated_at else "",
        f"resolved {_at(incident.resolved_at)}: {incident.resolution}"
        if incident.resolved_at
        else "",
        f"lead {person_name(people, incident.lead)}" if incident.lead else "",
    ]
    return [_line(one) for one in said if one]


def _alert(alert: AlertRecord) -> str:
    labels = ", ".join(f"{name}={value}" for name, value in sorted(alert.labels.items())[:20])
    state = "fires" if alert.firing else "cleared"
    when = _at(alert.starts_at or alert.first_seen_at)
    said = f"{alert.severity}: {alert.title}. {alert.description} {labels}"
    return _line(f"{when} alert {state}, {said}")


def _line(text: str) -> str:
    return " ".join(material(text, LINE).split())


def _at(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else ""
