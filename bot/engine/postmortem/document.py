"""The document of an incident as of now."""

from collections.abc import Mapping
from dataclasses import asdict

from bot.cards.names import person_name
from bot.domain.incident import Incident, rfc3339
from bot.domain.marks import durations
from bot.domain.policy import Person, Policies
from bot.domain.postmortem import Postmortem, Status
from bot.domain.postmortem_document import ActionItem, Document, Involved
from bot.domain.task import Task, followups_of, tasks_of

People = Mapping[str, Person]


def document_of(incident: Incident, postmortem: Postmortem, policies: Policies) -> Document:
    """With the follow-ups, and the tasks that are still open, as its action items."""
    head, people = postmortem.head, policies.people
    out = head.published if head.status is Status.PUBLISHED else None
    items = [*followups_of(incident), *(task for task in tasks_of(incident) if task.open)]
    values = {name: dict(section.values) for name, section in postmortem.sections.items()}
    times = {
        "impact_began": incident.impact_at,
        "detected": incident.detected_at,
        "opened": incident.opened_at,
        "acknowledged": incident.acknowledged_at,
        "mitigated": incident.mitigated_at,
        "ended": incident.ended_at or incident.resolved_at,
    }
    return Document(
        number=incident.number,
        incident_id=incident.id,
        title=values["summary"].get("title") or incident.title,
        severity=str(incident.severity),
        service=incident.service,
        team=incident.team,
        status=str(head.status),
        version=out.version if out else 0,
        created_by=person_name(people, head.created_by),
        reviewed_by=[person_name(people, one) for one in head.reviewed_by],
        published_at=out.at if out else None,
        published_by=person_name(people, out.by) if out else None,
        times={name: rfc3339(at) if at else None for name, at in times.items()},
        durations=asdict(durations(incident)),
        people=_involved(incident, people),
        sections=values,
        action_items=[_item(task, people) for task in items],
    )


def _item(task: Task, people: People) -> ActionItem:
    return ActionItem(
        id=task.id,
        description=task.text,
        owner=task.owner,
        owner_name=person_name(people, task.owner),
        priority=task.priority,
        due_date=task.due_on,
        status=str(task.state),
        tracking_url=task.ticket,
    )


def _involved(incident: Incident, people: People) -> list[Involved]:
    parts: dict[str, list[str]] = {}
    for role, person in incident.roles.items():
        parts.setdefault(person, []).append(role)
    if incident.acknowledged_by:
        parts.setdefault(incident.acknowledged_by, []).append("acknowledged it")
    if incident.resolved_by in people:
        parts.setdefault(incident.resolved_by or "", []).append("resolved it")
    for person in incident.responders:
        parts.setdefault(person, [])
    return [
        Involved(id=id, name=person_name(people, id), parts=said or ["responder"])
        for id, said in parts.items()
    ]
