"""A follow-up."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from typing_extensions import TypedDict

from bot.domain.task import Task, TaskState


class FollowupShown(TypedDict):
    """`id` is unique; days are ISO dates. `reason` says why it will not be done.

    `ended_by` and `ended_at` are of `done` and `wont_do`.
    """

    id: str
    incident_id: str
    description: str
    owner: str | None
    priority: str
    due_date: str | None
    overdue: bool
    status: TaskState
    tracking_url: str | None
    snoozed_until: str | None
    reason: str
    created_by: str
    created_at: datetime
    ended_by: str | None
    ended_at: datetime | None


class FollowupsShown(TypedDict):
    """What is due first."""

    items: Sequence[FollowupShown]
    next_cursor: str | None


def show_followup(task: Task, ids: Mapping[int, str], today: str) -> FollowupShown:
    """`ids` have the id of its incident; `today` is an ISO date in UTC."""
    return {
        "id": task.id,
        "incident_id": ids[task.incident],
        "description": task.text,
        "owner": task.owner,
        "priority": task.priority,
        "due_date": task.due_on,
        "overdue": task.overdue(today),
        "status": task.state,
        "tracking_url": task.ticket,
        "snoozed_until": task.snoozed_until,
        "reason": task.reason,
        "created_by": task.made_by,
        "created_at": task.made_at,
        "ended_by": task.ended_by,
        "ended_at": task.ended_at,
    }
