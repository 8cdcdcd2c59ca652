"""A task: something to do now, in one incident. What outlives the incident is a follow-up: the
same thing with a due date, a ticket and a priority, so that one can become the other.

An incident keeps its tasks by number; each entry about one says what became of that task alone
(the field `tasks.3`), so the record rebuilds them like everything else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from bot.domain.incident import Incident, frozen

FIELD: Final = "tasks"


class TaskState(StrEnum):
    OPEN = "open"
    DONE = "done"
    WONT_DO = "wont_do"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """`number` counts within the incident and is never used again; times are aware UTC.

    `reason` says why it will not be done. `ended_by` and `ended_at` are of done and won't do. The
    days of a `follow_up` are ISO dates; until `snoozed_until` nobody is reminded of it.
    """

    incident: int
    number: int
    text: str
    owner: str | None = None
    state: TaskState = TaskState.OPEN
    reason: str = ""
    made_by: str = ""
    made_at: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None
    follow_up: bool = False
    due_on: str | None = None
    ticket: str | None = None
    priority: str = "medium"
    snoozed_until: str | None = None

    @property
    def id(self) -> str:
        """`42-3`: the third task of #42."""
        return f"{self.incident}-{self.number}"

    @property
    def open(self) -> bool:
        return self.state is TaskState.OPEN

    def overdue(self, today: str) -> bool:
        """`today` is an ISO date."""
        return self.open and self.due_on is not None and self.due_on < today

    @property
    def field(self) -> str:
        """The incident's field that holds it."""
        return task_field(self.number)

    def kept(self) -> dict[str, Any]:
        """As JSON values: what the incident keeps under the task's number."""
        return {name: frozen(getattr(self, name)) for name in KEPT}


KEPT: Final = tuple(f.name for f in fields(Task) if f.name not in {"incident", "number"})


LATER: Final = ("follow_up", "due_on", "ticket", "priority", "snoozed_until")
"""What only a follow-up needs."""

PRIORITIES: Final = ("high", "medium", "low")


def task_field(number: int) -> str:
    return f"{FIELD}.{number}"


def task_from(incident: int, number: int, kept: Mapping[str, Any]) -> Task:
    """The opposite of `kept`."""
    ended_at = kept["ended_at"]
    return Task(
        incident=incident,
        number=number,
        text=kept["text"],
        owner=kept["owner"],
        state=TaskState(kept["state"]),
        reason=kept["reason"],
        made_by=kept["made_by"],
        made_at=datetime.fromisoformat(kept["made_at"]),
        ended_by=kept["ended_by"],
        ended_at=datetime.fromisoformat(ended_at) if ended_at else None,
        **{name: kept[name] for name in LATER},
    )


def tasks_of(incident: Incident) -> list[Task]:
    """By number; one whose making was undone is not among them, and no follow-up is."""
    return [task for task in _all_of(incident) if not task.follow_up]


def followups_of(incident: Incident) -> list[Task]:
    """What outlives the incident, by number."""
    return [task for task in _all_of(incident) if task.follow_up]


def _all_of(incident: Incident) -> list[Task]:
    return [
        task_from(incident.number, int(number), kept)
        for number, kept in sorted(incident.tasks.items(), key=lambda one: int(one[0]))
        if kept is not None
    ]


def task_of(incident: Incident, number: int) -> Task | None:
    kept = incident.tasks.get(str(number))
    return task_from(incident.number, number, kept) if kept is not None else None


def next_number(incident: Incident) -> int:
    """An undone task keeps its place, so that no number is used twice."""
    return len(incident.tasks) + 1
