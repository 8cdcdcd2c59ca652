"""An incident."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from typing_extensions import TypedDict

from bot.domain.incident import Incident, Outcome, Visibility
from bot.domain.lifecycle import Action, State, allowed
from bot.domain.marks import durations
from bot.domain.severity import Severity
from bot.ports.queries import IncidentRow

AnyIncident = Incident | IncidentRow


class Sla(TypedDict):
    """Targets, and when one was missed."""

    acknowledge_due_at: datetime | None
    resolve_due_at: datetime | None
    acknowledge_breached_at: datetime | None
    resolve_breached_at: datetime | None


class ResolutionShown(TypedDict):
    """How it ended."""

    outcome: Outcome | None
    notes: str
    resolved_by: str | None


class TaskOfIncident(TypedDict):
    """In short; `/api/v1/tasks` has the rest."""

    id: str
    text: str
    owner: str | None
    state: str


class IncidentShown(TypedDict):
    """`id` names it for people, `number` is never reused, `version` counts its changes.

    `mttd`, `mtta` and `mttr` are seconds (the last two of what was fixed), between the marks where
    people set them: `impact_started_at`, `detected_at`, `ended_at`.
    `allowed`: actions of this moment. `related_to` and `duplicate_of` are ids of incidents that
    exist for the asker.
    """

    id: str
    number: int
    title: str
    description: str
    status: State
    severity: Severity
    initial_severity: Severity
    category: str
    impact: str | None
    source: str
    source_event_id: str | None
    fingerprint: str | None
    group: str
    service: str | None
    environment: str | None
    resource: str | None
    link: str | None
    labels: Mapping[str, str]
    links: Sequence[Mapping[str, str]]
    assigned_to: str | None
    assigned_team: str | None
    roles: Mapping[str, str]
    responders: Sequence[str]
    tasks: Sequence[TaskOfIncident]
    escalation_level: int
    unreached: bool
    visibility: Visibility
    declared_by: str | None
    test: bool
    began_at: datetime | None
    created_at: datetime
    updated_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    closed_at: datetime | None
    all_clear_at: datetime | None
    next_update_at: datetime | None
    sla: Sla
    impact_started_at: datetime | None
    detected_at: datetime | None
    mitigated_at: datetime | None
    ended_at: datetime | None
    mttd: float | None
    mtta: float | None
    mttr: float | None
    resolution: ResolutionShown | None
    related_to: str | None
    duplicate_of: str | None
    version: int
    allowed: Sequence[Action]


class IncidentsShown(TypedDict):
    """Newest first."""

    items: Sequence[IncidentShown]
    next_cursor: str | None


def neighbours(incidents: Iterable[AnyIncident]) -> set[int]:
    """Numbers of the incidents that these name."""
    return {
        number
        for one in incidents
        for number in (one.related_to, one.duplicate_of)
        if number is not None
    }


def show_incident(incident: AnyIncident, ids: Mapping[int, str]) -> IncidentShown:
    """`ids` are those of its neighbours that exist for the asker."""
    fixed, spans = incident.outcome is Outcome.FIXED, durations(incident)
    return {
        "id": incident.id,
        "number": incident.number,
        "title": incident.title,
        "description": incident.description,
        "status": incident.status,
        "severity": incident.severity,
        "initial_severity": incident.initial_severity,
        "category": incident.category,
        "impact": incident.impact,
        "source": incident.source,
        "source_event_id": incident.source_event_id,
        "fingerprint": incident.fingerprint,
        "group": incident.group_key,
        "service": incident.service,
        "environment": incident.environment,
        "resource": incident.resource,
        "link": incident.link,
        "labels": incident.labels,
        "links": incident.links,
        "assigned_to": incident.assigned_to,
        "assigned_team": incident.team,
        "roles": incident.roles,
        "responders": incident.responders,
        "tasks": _tasks(incident) if incident.tasks else NONE,
        "escalation_level": incident.escalation_level,
        "unreached": incident.unreached,
        "visibility": incident.visibility,
        "declared_by": incident.declared_by,
        "test": incident.test,
        "began_at": incident.began_at,
        "created_at": incident.opened_at,
        "updated_at": incident.updated_at,
        "acknowledged_at": incident.acknowledged_at,
        "acknowledged_by": incident.acknowledged_by,
        "resolved_at": incident.resolved_at,
        "resolved_by": incident.resolved_by,
        "closed_at": incident.closed_at,
        "all_clear_at": incident.all_clear_at,
        "next_update_at": incident.next_update_at,
        "sla": {
            "acknowledge_due_at": incident.sla_acknowledge_due,
            "resolve_due_at": incident.sla_resolve_due,
            "acknowledge_breached_at": incident.sla_acknowledge_breached_at,
            "resolve_breached_at": incident.sla_resolve_breached_at,
        },
        "impact_started_at": incident.impact_at,
        "detected_at": incident.detected_at,
        "mitigated_at": incident.mitigated_at,
        "ended_at": incident.ended_at,
        "mttd": spans.mttd,
        "mtta": spans.mtta if fixed else None,
        "mttr": spans.mttr if fixed else None,
        "resolution": _resolution(incident),
        "related_to": ids.get(incident.related_to or 0),
        "duplicate_of": ids.get(incident.duplicate_of or 0),
        "version": incident.version,
        "allowed": ALLOWED[incident.status],
    }


NONE: Final[Sequence[TaskOfIncident]] = ()


def _tasks(incident: AnyIncident) -> Sequence[TaskOfIncident]:
    return [
        {
            "id": f"{incident.number}-{number}",
            "text": kept["text"],
            "owner": kept["owner"],
            "state": kept["state"],
        }
        for number, kept in incident.tasks.items()
        if kept is not None and not kept["follow_up"]
    ]


ALLOWED: Mapping[State, Sequence[Action]] = {state: allowed(state) for state in State}


def _resolution(incident: AnyIncident) -> ResolutionShown | None:
    if incident.outcome is None and not incident.resolution:
        return None
    return {
        "outcome": incident.outcome,
        "notes": incident.resolution,
        "resolved_by": incident.resolved_by,
    }


RENAMED: Mapping[str, str] = {
    "opened_at": "created_at",
    "team": "assigned_team",
    "group_key": "group",
    "sla_acknowledge_due": "sla.acknowledge_due_at",
    "sla_resolve_due": "sla.resolve_due_at",
    "sla_acknowledge_breached_at": "sla.acknowledge_breached_at",
    "sla_resolve_breached_at": "sla.resolve_breached_at",
    "impact_at": "impact_started_at",
    "outcome": "resolution.outcome",
    "resolution": "resolution.notes",
}
"""Where the API calls a field otherwise than the record does."""

POINTERS: frozenset[str] = frozenset({"related_to", "duplicate_of"})


def shown_value(field: str, value: Any, ids: Mapping[int, str]) -> Any:
    """A field's value as a change tells it: pointers become ids, as far as they exist."""
    return ids.get(value) if field in POINTERS and value is not None else value
