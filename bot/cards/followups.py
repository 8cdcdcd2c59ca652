"""What somebody has promised, or who they manage: once a week, overdue first."""

from collections.abc import Mapping, Sequence

from bot.cards.names import person_name
from bot.domain.card import Button, Buttons, Card, Element, Foreign, Item, Items, say
from bot.domain.policy import Person
from bot.domain.task import Task

People = Mapping[str, Person]

LISTED: int = 20
PRESSED: int = 3
"""Follow-ups with buttons of their own."""

BUTTONS = (
    ("Done", "done"),
    ("Snooze a week", "snooze"),
    ("Reassign", "assign"),
    ("Won't do", "drop"),
)


def digest_card(
    mine: Sequence[Task], others: Sequence[Task], people: People, *, today: str
) -> Card | None:
    """The owner's own, and those of the teams they manage; None where nothing is to be said."""
    mine = [task for task in mine if awake(task, today)]
    others = [task for task in others if awake(task, today) and task not in mine]
    if not mine and not others:
        return None
    late = sum(task.overdue(today) for task in (*mine, *others))
    title = f"Follow-ups: {len(mine) + len(others)} open, {late} overdue"
    body: list[Element] = []
    for heading, tasks in (("Yours", mine), ("Of your teams", others)):
        if tasks:
            body.append(followup_items(tasks, people, heading, today=today))
    body.append(Buttons(press(mine or others)))
    return Card(title, tuple(body), fallback=title)


def awake(task: Task, today: str) -> bool:
    return task.open and (task.snoozed_until is None or task.snoozed_until <= today)


def followup_list_card(
    tasks: Sequence[Task], people: People, *, today: str, title: str, none: str
) -> Card:
    if not tasks:
        return say(none)
    opened = [task for task in tasks if task.open]
    body = (followup_items(tasks, people, "", today=today), Buttons(press(opened)))
    return Card(title, body if opened else body[:1])


def followup_items(tasks: Sequence[Task], people: People, heading: str, *, today: str) -> Items:
    """Overdue first, as the list comes by due date."""
    shown = tuple(
        Item(Foreign(f"{task.id} {task.text}"), about(task, people, today))
        for task in tasks[:LISTED]
    )
    more = f" (the first {LISTED} of {len(tasks)})" if len(tasks) > LISTED else ""
    return Items(shown, f"{heading}{more}".strip())


def about(task: Task, people: People, today: str) -> str:
    """Whose it is, until when, with which ticket; what came of it."""
    owner = person_name(people, task.owner) or "nobody's yet"
    if not task.open:
        ended = "done" if task.state == "done" else "won't do"
        return ", ".join(filter(None, (ended, owner, task.reason)))
    due = f"due {task.due_on}" if task.due_on else "no day"
    said = (
        f"OVERDUE, {due}" if task.overdue(today) else due,
        owner,
        task.priority,
        f"snoozed until {task.snoozed_until}" if not awake(task, today) else "",
        task.ticket or "",
    )
    return ", ".join(filter(None, said))


def press(tasks: Sequence[Task]) -> tuple[Button, ...]:
    """What can be done about the first few."""
    return tuple(
        Button(f"{label} {task.id}", f"followup #{task.incident} {what} {task.number}")
        for task in tasks[:PRESSED]
        for label, what in BUTTONS
    )
