"""A task."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from typing_extensions import TypedDict

from bot.domain.task import Task, TaskState


class TaskShown(TypedDict):
    """`id` is unique, `number` counts within the incident. `reason` says why it is not done.

    `ended_by` and `ended_at` are of `done` and `wont_do`.
    """

    id: str
    incident_id: str
    number: int
    text: str
    owner: str | None
    state: TaskState
    reason: str
    created_by: str
    created_at: datetime
    ended_by: str | None
    ended_at: datetime | None


class TasksShown(TypedDict):
    """Newest first."""

    items: Sequence[TaskShown]
    next_cursor: str | None


def show_task(task: Task, ids: Mapping[int, str]) -> TaskShown:
    """`ids` have the id of its incident."""
    return {
        "id": task.id,
        "incident_id": ids[task.incident],
        "number": task.number,
        "text": task.text,
        "owner": task.owner,
        "state": task.state,
        "reason": task.reason,
        "created_by": task.made_by,
        "created_at": task.made_at,
        "ended_by": task.ended_by,
        "ended_at": task.ended_at,
    }
