"""task: something to do now, in this incident; what outlives it is a follow-up."""

import re
from dataclasses import dataclass
from typing import Final

from bot.cards.names import person_name
from bot.cards.tasks import all_tasks_card, task_list_card
from bot.chat.command import Command, Takes
from bot.chat.grammar import split_first, unquote
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.errors import Invalid, NotFound
from bot.domain.form import Field, FieldKind, Form
from bot.domain.task import TaskState, task_of
from bot.engine.acts.base import TITLE_LIMIT, Done
from bot.engine.incidents import Incidents
from bot.engine.rules import Rules
from bot.ports.queries import Queries, Viewer
from handlers.words.people import find_person, options
from handlers.words.replies import done_card

SHOWN: Final = 20
NOBODY: Final = ("nobody", "none")

ENDS: Final = {
    "done": TaskState.DONE,
    "tick": TaskState.DONE,
    "drop": TaskState.WONT_DO,
    "wontdo": TaskState.WONT_DO,
    "reopen": TaskState.OPEN,
}
"""First word → what becomes of the task whose number follows."""

_ABOUT: Final = re.compile(
    r"(?P<what>\w+)\s+#?(?P<task>[0-9]{1,6})(?:[\s:,]+(?P<rest>.*))?", re.DOTALL
)
_WONT_DO: Final = re.compile(r"won\W?t\s+do\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class About:
    """A task that is there already: what to do with it, and what was said besides."""

    what: str
    task: int
    rest: str


async def task(line: Line, incidents: Incidents, rules: Rules, queries: Queries) -> Card:
    if line.answers is None and line.text.lower() in ("list", "mine"):
        return await _list(line, rules, queries)
    about = None if line.answers is not None else _about(line.rest)
    if about is None:
        return await _add(line, incidents, rules)
    return await _change(line, about, incidents, rules)


async def _list(line: Line, rules: Rules, queries: Queries) -> Card:
    """The tasks of this incident; without one, all that are open, or the asker's own."""
    viewer, people = Viewer(line.actor.id), rules.policies.people
    mine = line.text.lower() == "mine"
    if line.number is None or mine:
        owner = line.actor.id if mine else None
        page = await queries.tasks(viewer, owner=owner, state=TaskState.OPEN, limit=SHOWN)
        return all_tasks_card(page.items, people, more=page.next_cursor is not None)
    incident = await queries.incident(line.number, viewer)
    if incident is None:
        raise NotFound(f"There is no incident #{line.number}.")
    return task_list_card(incident, people)


async def _add(line: Line, incidents: Incidents, rules: Rules) -> Card:
    people = rules.policies.people
    if line.answers is not None:
        text, who = line.answer("task"), line.answer("owner")
    else:
        text, who = _owned(line.rest)
    owner = find_person(people, who, line.actor) if who else None
    done = await incidents.add_task(line.incident, text, line.ask, owner=owner)
    assert done.entry is not None
    said = f"Task {done.entry.metadata['task']} of #{done.incident.number} is on the list"
    whose = f", {person_name(people, owner)} has it" if owner else ""
    return done_card(done, f"{said}{whose}.", undo=True)


def _owned(rest: str) -> tuple[str, str]:
    """The text, and whom it names: `check the cache @bea`, or `@bea check the cache`."""
    before, _, last = rest.strip().rpartition(" ")
    if before and last.startswith("@") and len(last) > 1:
        return unquote(before.strip()), last
    first, after = split_first(rest)
    if after and first.startswith("@") and len(first) > 1:
        return unquote(after.strip()), first
    return unquote(rest.strip()), ""


def _about(rest: str) -> About | None:
    """`done 3`, `drop 3 not needed`, `reopen 3`, `assign 3 @bea`, `edit 3 other words`."""
    found = _ABOUT.fullmatch(_WONT_DO.sub("wontdo", rest.strip(), count=1))
    if found is None or found["what"].lower() not in (*ENDS, "assign", "edit"):
        return None
    return About(found["what"].lower(), int(found["task"]), (found["rest"] or "").strip())


async def _change(line: Line, about: About, incidents: Incidents, rules: Rules) -> Card:
    people, number = rules.policies.people, line.incident
    if about.what in ENDS:
        state = ENDS[about.what]
        if about.rest and state is not TaskState.WONT_DO:
            raise Invalid(
                f"Nothing follows `task {about.what} {about.task}`; to add a task that begins like"
                " that, put it into quotes."
            )
        done = await incidents.change_task(
            number, about.task, line.ask, state=state, reason=about.rest
        )
    elif about.what == "edit":
        done = await incidents.change_task(number, about.task, line.ask, text=about.rest)
    elif about.rest.lower() in NOBODY:
        done = await incidents.change_task(number, about.task, line.ask, disown=True)
    else:
        owner = find_person(people, about.rest or "me", line.actor)
        done = await incidents.change_task(number, about.task, line.ask, owner=owner)
    return done_card(done, _said(done, about, rules), undo=True)


def _said(done: Done, about: About, rules: Rules) -> str:
    """How it stands now; a late press is told who was faster."""
    task = task_of(done.incident, about.task)
    assert task is not None
    name, people = f"Task {task.number} of #{task.incident}", rules.policies.people
    already = "" if done.changed else " already"
    if about.what == "edit":
        return f"{name} is reworded{already}."
    if about.what == "assign":
        return f"{name} is{already} given to {person_name(people, task.owner) or 'nobody'}."
    if task.state is TaskState.OPEN:
        return f"{name} is open{already}."
    by = "" if done.changed else f", by {person_name(people, task.ended_by)}"
    ended = "done" if task.state is TaskState.DONE else "dropped"
    return f"{name} is {ended}{already}{by}."


async def form(line: Line, rules: Rules) -> Form:
    return Form(
        f"Task for #{line.incident}",
        f"task #{line.incident}",
        (
            Field("task", "What is to be done now?", required=True, limit=TITLE_LIMIT),
            Field(
                "owner", "Whose is it?", FieldKind.PERSON, options=options(rules.policies.people)
            ),
        ),
        submit="Add",
    )


command = Command(
    verb="task",
    usage=(
        "task [#id] text [@person] | task [#id] done 3 | drop 3 why | reopen 3 | assign 3 @person"
        " | edit 3 text | list"
    ),
    help="Something to do now: add it, tick it off, list what is open.",
    takes=Takes.OPTIONAL,
    free_text=True,
    handler=task,
    form=form,
)
