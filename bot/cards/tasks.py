"""What has to be done now, and whose it is."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.cards.names import person_name
from bot.domain.card import Button, Buttons, Card, Element, Foreign, Item, Items, say
from bot.domain.incident import Incident
from bot.domain.policy import Person
from bot.domain.task import Task, TaskState, tasks_of

People = Mapping[str, Person]

SHOWN: Final = 5
"""On the live card; `task list` has them all."""

LISTED: Final = 20
BUTTONS: Final = 5

STATES: Final[Mapping[TaskState, str]] = {
    TaskState.OPEN: "open",
    TaskState.DONE: "done",
    TaskState.WONT_DO: "won't do",
}


def open_tasks(incident: Incident, people: People, *, shown: int = SHOWN) -> Items | None:
    """Those still to be done; None where all are, or there never was one."""
    tasks = tasks_of(incident)
    opened = [task for task in tasks if task.open]
    if not opened:
        return None
    heading = f"Open tasks: {len(opened)} of {len(tasks)}"
    if len(opened) > shown:
        heading += f", the first {shown} shown"
    return Items(tuple(_item(task, people) for task in opened[:shown]), heading)


def task_list_card(incident: Incident, people: People) -> Card:
    """All tasks of an incident, the open ones first and with a button each."""
    tasks = tasks_of(incident)
    number = incident.number
    add = Button("Add a task", f"task #{number}")
    if not tasks:
        return say(f"#{number} has no tasks.", add)
    opened = [task for task in tasks if task.open]
    ended = [task for task in tasks if not task.open]
    body: list[Element] = []
    if opened:
        body.append(Items(tuple(_item(task, people) for task in opened[:LISTED]), "Open"))
    if ended:
        body.append(Items(tuple(_item(task, people) for task in ended[-LISTED:]), "Ended"))
    body.append(Buttons((*done_buttons(opened), add)))
    return Card(f"#{number}: {len(opened)} of {len(tasks)} tasks are open.", tuple(body))


def all_tasks_card(tasks: Sequence[Task], people: People, *, more: bool) -> Card:
    """Open tasks of many incidents, the newest first."""
    if not tasks:
        return say("No task is open.")
    items = tuple(
        Item(Foreign(f"#{task.incident} {task.number}. {task.text}"), _about(task, people))
        for task in tasks
    )
    heading = "The newest, and there are more" if more else ""
    body = (Items(items, heading), Buttons(done_buttons(tasks, named=True)))
    return Card(f"{len(tasks)} open tasks", body)


def done_buttons(tasks: Sequence[Task], *, named: bool = False) -> tuple[Button, ...]:
    """`named`: with the incident, where it does not go without saying."""
    return tuple(
        Button(
            f"Done: #{task.incident} {task.number}" if named else f"Done: {task.number}",
            f"task #{task.incident} done {task.number}",
        )
        for task in tasks[:BUTTONS]
    )


def _item(task: Task, people: People) -> Item:
    return Item(Foreign(f"{task.number}. {task.text}"), _about(task, people), task.ended_at)


def _about(task: Task, people: People) -> str:
    """Whose it is; what came of it, by whom and why."""
    owner = person_name(people, task.owner)
    if task.open:
        return owner or "nobody's yet"
    said = f"{STATES[task.state]}, {person_name(people, task.ended_by)}"
    return f"{said}: {task.reason}" if task.reason else said
