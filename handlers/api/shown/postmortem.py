"""A postmortem."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from typing_extensions import TypedDict

from bot.domain.incident import Incident
from bot.domain.postmortem import PARTS, Postmortem, Published, Status
from bot.domain.postmortem_document import Document
from bot.domain.postmortem_timeline import Phase, read_timeline


class TimelineShown(TypedDict):
    """One line, oldest first."""

    timestamp: datetime
    description: str
    type: Phase


class RootCauseShown(TypedDict):
    """Empty where nothing was written."""

    description: str
    contributing_factors: Sequence[str]
    why_undetected: str


class ImpactShown(TypedDict):
    """`duration` is in seconds."""

    description: str
    affected_users: str
    affected_services: Sequence[str]
    duration: float | None
    estimated_cost: str


class ResolvedShown(TypedDict):
    """How it ended."""

    description: str
    actions_taken: Sequence[str]
    effective_actions: Sequence[str]


class ActionItemShown(TypedDict):
    """`id` is the follow-up's, or the open task's."""

    id: str
    description: str
    owner: str | None
    priority: str
    due_date: str | None
    status: str
    tracking_url: str | None


class SectionShown(TypedDict):
    """As it is edited: `values` by question. `proposed`: what a later draft says otherwise."""

    version: int
    values: Mapping[str, str]
    touched_by: str | None
    saved_at: str
    proposed: Mapping[str, str]


class PublishedShown(TypedDict):
    """The last publication; its text is at `?published=true`."""

    version: int
    published_at: str
    published_by: str


class PostmortemShown(TypedDict):
    """`version` counts every change and is the ETag; 0 for a publication as it was frozen.

    `durations` are seconds: `mttd`, `mtta`, `mttm` (to the mitigation) and `mttr`.
    """

    incident_id: str
    title: str
    summary: str
    status: Status
    version: int
    timeline: Sequence[TimelineShown]
    root_cause: RootCauseShown
    impact: ImpactShown
    resolution: ResolvedShown
    action_items: Sequence[ActionItemShown]
    lessons_learned: Sequence[str]
    durations: Mapping[str, float | None]
    times: Mapping[str, str | None]
    created_by: str
    reviewed_by: Sequence[str]
    missing: Sequence[str]
    sections: Mapping[str, SectionShown]
    published: PublishedShown | None


def show_postmortem(incident: Incident, known: Postmortem, document: Document) -> PostmortemShown:
    """The document as it stands, with what an editor needs."""
    head = known.head
    return {
        **_text(document),
        "status": head.status,
        "version": head.version,
        "created_by": head.created_by,
        "reviewed_by": list(head.reviewed_by),
        "missing": known.missing,
        "sections": {
            name: {
                "version": section.version,
                "values": document.answers(name),
                "touched_by": section.by,
                "saved_at": section.saved_at,
                "proposed": section.proposed,
            }
            for name, section in known.sections.items()
        },
        "published": _published(head.published),
    }


def show_frozen(document: Document, out: Published | None) -> PostmortemShown:
    """A publication as it was."""
    return {
        **_text(document),
        "status": Status.PUBLISHED,
        "version": 0,
        "created_by": document.created_by,
        "reviewed_by": document.reviewed_by,
        "missing": (),
        "sections": {},
        "published": _published(out),
    }


class _Text(TypedDict):
    incident_id: str
    title: str
    summary: str
    timeline: Sequence[TimelineShown]
    root_cause: RootCauseShown
    impact: ImpactShown
    resolution: ResolvedShown
    action_items: Sequence[ActionItemShown]
    lessons_learned: Sequence[str]
    durations: Mapping[str, float | None]
    times: Mapping[str, str | None]


def _text(document: Document) -> _Text:
    said = {name: document.answers(name) for name in PARTS}
    return {
        "incident_id": document.incident_id,
        "title": document.title,
        "summary": said["summary"]["summary"],
        "timeline": [
            {"timestamp": line.at, "description": line.text, "type": line.phase}
            for line in read_timeline(said["timeline"]["lines"])
        ],
        "root_cause": {
            "description": said["root_cause"]["description"],
            "contributing_factors": document.lines("root_cause", "contributing_factors"),
            "why_undetected": said["root_cause"]["why_undetected"],
        },
        "impact": {
            "description": said["impact"]["description"],
            "affected_users": said["impact"]["affected_users"],
            "affected_services": document.lines("impact", "affected_services"),
            "duration": document.durations["mttr"],
            "estimated_cost": said["impact"]["estimated_cost"],
        },
        "resolution": {
            "description": said["resolution"]["description"],
            "actions_taken": document.lines("resolution", "actions_taken"),
            "effective_actions": document.lines("resolution", "effective_actions"),
        },
        "action_items": [
            {
                "id": item.id,
                "description": item.description,
                "owner": item.owner,
                "priority": item.priority,
                "due_date": item.due_date,
                "status": item.status,
                "tracking_url": item.tracking_url,
            }
            for item in document.action_items
        ],
        "lessons_learned": document.lines("lessons", "lessons_learned"),
        "durations": document.durations,
        "times": document.times,
    }


def _published(out: Published | None) -> PublishedShown | None:
    if out is None:
        return None
    return {"version": out.version, "published_at": out.at, "published_by": out.by}
