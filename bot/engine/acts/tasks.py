"""What has to be done now, and what came of it."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from bot.domain.entry import EntryType
from bot.domain.errors import Invalid, NotFound
from bot.domain.incident import Incident
from bot.domain.task import Task, TaskState, next_number, task_field, task_of
from bot.engine.acts.base import TEXT_LIMIT, TITLE_LIMIT, Acting, Ask, Done, check_text
from bot.ports.store import Unit

TASKS: Final = 200
"""Of one incident; who has more to do needs a list that outlives it."""


class TaskActs(Acting):
    """Tasks of an incident; each change is an entry, so who and when stand in the record."""

    async def add_task(self, number: int, text: str, ask: Ask, *, owner: str | None = None) -> Done:
        """One more thing to do; its owner becomes a responder.

        Raises:
            Invalid: it says nothing, or the incident has too many.
        """
        text = check_text("task", text, TITLE_LIMIT, required=True)
        if owner is not None:
            self._known_person(owner)

        def do(unit: Unit, incident: Incident) -> Done:
            task = Task(
                incident=number,
                number=next_number(incident),
                text=text,
                owner=owner,
                made_by=ask.actor.id,
                made_at=unit.now,
            )
            if task.number > TASKS:
                raise Invalid(f"#{number} has {TASKS} tasks, and more do not fit.", field="task")
            return self._keep(unit, incident, ask, EntryType.TASK_ADDED, task)

        return await self._act(number, ask, "task", do)

    async def change_task(
        self,
        number: int,
        task: int,
        ask: Ask,
        *,
        text: str | None = None,
        owner: str | None = None,
        disown: bool = False,
        state: TaskState | None = None,
        reason: str = "",
    ) -> Done:
        """What is given becomes so; what is so already changes nothing.

        `disown`: nobody owns it from now on. Won't do needs a `reason`.

        Raises:
            NotFound: there is no such task.
            Invalid: the reason is missing, or the owner is nobody we know.
        """
        if text is not None:
            text = check_text("task", text, TITLE_LIMIT, required=True)
        reason = check_text("reason", reason, TEXT_LIMIT, required=state is TaskState.WONT_DO)
        if owner is not None:
            self._known_person(owner)

        def do(unit: Unit, incident: Incident) -> Done:
            known = task_of(incident, task)
            if known is None:
                raise NotFound(f"#{number} has no task {task}.")
            wanted = replace(
                known,
                text=text or known.text,
                owner=None if disown else owner or known.owner,
            )
            if state is not None and (state is not known.state or reason != known.reason):
                wanted = ended(wanted, state, reason, ask, unit.now)
            if wanted == known:
                return Done(incident, changed=False)
            return self._keep(unit, incident, ask, EntryType.TASK_CHANGED, wanted)

        return await self._act(number, ask, "task", do)

    def _keep(self, unit: Unit, incident: Incident, ask: Ask, type: EntryType, task: Task) -> Done:
        before = task_of(incident, task.number)
        values: dict[str, Any] = {task_field(task.number): task.kept()}
        if task.owner is not None and (before is None or before.owner != task.owner):
            values |= self._joins(incident, task.owner)
        entry = unit.ledger.enter(
            incident,
            type,
            ask.actor,
            text=task.text,
            set=values,
            metadata={"task": task.number},
        )
        return Done(incident, entry)


def ended(task: Task, state: TaskState, reason: str, ask: Ask, now: datetime) -> Task:
    """Done or won't do, by whom and when; or open again."""
    if state is TaskState.OPEN:
        return replace(task, state=state, reason="", ended_by=None, ended_at=None)
    return replace(task, state=state, reason=reason, ended_by=ask.actor.id, ended_at=now)
