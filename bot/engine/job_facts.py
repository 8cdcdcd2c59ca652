"""What machines are told of an incident and of an entry: a JSON object; little of private ones."""

from typing import Any, Final

from bot.domain.entry import Entry
from bot.domain.incident import Incident, Visibility, comparable, rfc3339

_TOLD: Final = (
    "title",
    "status",
    "severity",
    "category",
    "source",
    "service",
    "team",
    "resource",
    "opened_at",
    "acknowledged_at",
    "acknowledged_by",
    "resolved_at",
    "closed_at",
    "outcome",
    "assigned_to",
    "escalation_level",
)


def told_facts(public_url: str, incident: Incident, entry: Entry | None) -> dict[str, Any]:
    private = incident.visibility is Visibility.PRIVATE
    said = comparable(incident)
    known = ("status", "severity") if private else _TOLD
    facts: dict[str, Any] = {
        "incident": {
            "id": incident.id,
            "number": incident.number,
            "url": f"{public_url}/incidents/{incident.number}",
            "version": incident.version,
            "private": private,
            **{name: said[name] for name in known},
        }
    }
    if entry is not None:
        facts["entry"] = {
            "event_id": entry.event_id,
            "event_type": str(entry.type),
            "seq": entry.seq,
            "actor": {"type": str(entry.actor_type), "id": entry.actor_id},
            "occurred_at": rfc3339(entry.occurred_at),
            **({} if private else {"text": entry.text}),
            "changes": []
            if private
            else [{"field": c.field, "old": c.old, "new": c.new} for c in entry.changes],
        }
    return facts
