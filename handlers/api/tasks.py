"""`/api/v1/tasks`: what has to be done now, made, listed, ended."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from bot.domain.errors import NotFound
from bot.domain.incident import Incident
from bot.domain.task import Task, TaskState, task_of, tasks_of
from bot.engine.incidents import Incidents
from bot.ports.queries import Queries
from handlers.api.bodies import ChangedTask, NewTask
from handlers.api.finding import Finder, calling
from handlers.api.operation import PREFIX, Asked, Operation, Reply
from handlers.api.params import CURSOR, LIMIT, Kind, Param
from handlers.api.shown.task import TaskShown, TasksShown, show_task

PATH: Final = f"{PREFIX}/tasks"
_ID: Final = re.compile(r"(\d{1,15})-(\d{1,6})", re.ASCII)


class TaskSubject:
    def __init__(self, queries: Queries, finder: Finder, incidents: Incidents) -> None:
        self.queries, self.finder, self.incidents = queries, finder, incidents

    def operations(self) -> Iterable[Operation]:
        return (
            Operation(
                method="POST",
                path=PATH,
                name="add_task",
                about="Adds a task to an incident; its owner becomes a responder.",
                do=self.add,
                again=self.added,
                body=NewTask,
                examples=(
                    {"incident_id": "1", "text": "Check the cache"},
                    {"incident_id": "1", "text": "Call the provider", "owner": "ben"},
                ),
                shows=TaskShown,
                status=201,
                refuses=(404,),
            ),
            Operation(
                method="GET",
                path=PATH,
                name="list_tasks",
                about="Lists tasks, newest first.",
                do=self.list,
                verb="list",
                params=(
                    Param(name="incident", about="Of this incident: `INC-…` or its number."),
                    Param(name="owner", about="Of this person, by id."),
                    Param(
                        name="state",
                        about="Still to be done, done, or given up.",
                        kind=Kind.CHOICE,
                        choices=tuple(TaskState),
                    ),
                    LIMIT,
                    CURSOR,
                ),
                shows=TasksShown,
                refuses=(404,),
            ),
            Operation(
                method="GET",
                path=f"{PATH}/{{task}}",
                name="show_task",
                about="Shows one task.",
                do=self.show,
                verb="status",
                shows=TaskShown,
                refuses=(404,),
            ),
            Operation(
                method="PATCH",
                path=f"{PATH}/{{task}}",
                name="change_task",
                about="Ends a task, opens it again, gives it to somebody, or words it anew.",
                do=self.change,
                again=self.changed,
                body=ChangedTask,
                examples=(
                    {},
                    {"state": "done"},
                    {"state": "wont_do", "reason": "The cache is gone."},
                    {"text": "Check both caches", "owner": "ann", "state": "open"},
                ),
                shows=TaskShown,
                refuses=(404,),
            ),
        )

    async def add(self, asked: Asked) -> Reply:
        body: NewTask = asked.body
        incident = await self.finder.named(body.incident_id, asked.viewer)
        with calling(task="text", person="owner"):
            done = await self.incidents.add_task(
                incident.number, body.text, asked.ask(), owner=body.owner
            )
        return self._made(tasks_of(done.incident)[-1], done.incident)

    async def added(self, asked: Asked, moment: datetime) -> Reply:
        """The one that the asker made in the transaction of this time."""
        incident = await self.finder.named(asked.body.incident_id, asked.viewer)
        for task in tasks_of(incident):
            if task.made_at == moment and task.made_by == asked.actor.id:
                return self._made(task, incident)
        raise NotFound("The task that this made was taken back.")

    def _made(self, task: Task, incident: Incident) -> Reply:
        headers = {"Location": f"{PATH}/{task.id}"}
        return Reply(data=show_task(task, _id_of(incident)), status=201, headers=headers)

    async def list(self, asked: Asked) -> Reply:
        query, number = asked.query, None
        if query["incident"] is not None:
            number = (await self.finder.named(query["incident"], asked.viewer)).number
        page = await self.queries.tasks(
            asked.viewer,
            incident=number,
            owner=query["owner"],
            state=TaskState(query["state"]) if query["state"] else None,
            limit=query["limit"],
            cursor=query["cursor"],
        )
        ids = await self.queries.ids({task.incident for task in page.items}, asked.viewer)
        shown: TasksShown = {
            "items": [show_task(task, ids) for task in page.items if task.incident in ids],
            "next_cursor": page.next_cursor,
        }
        return Reply(data=shown)

    async def show(self, asked: Asked) -> Reply:
        task, incident = await self._named(asked)
        return Reply(data=show_task(task, _id_of(incident)))

    async def change(self, asked: Asked) -> Reply:
        body: ChangedTask = asked.body
        task, incident = await self._named(asked)
        given = body.model_fields_set
        with calling(task="text", person="owner"):
            done = await self.incidents.change_task(
                incident.number,
                task.number,
                asked.ask(),
                text=body.text if "text" in given else None,
                owner=body.owner,
                disown="owner" in given and body.owner is None,
                state=body.state if "state" in given else None,
                reason=body.reason or "",
            )
        now = task_of(done.incident, task.number) or task
        return Reply(data=show_task(now, _id_of(done.incident)))

    async def changed(self, asked: Asked, moment: datetime) -> Reply:
        return await self.show(asked)

    async def _named(self, asked: Asked) -> tuple[Task, Incident]:
        """The task of `{task}`, as `42-3`, and its incident.

        Raises:
            NotFound: there is none, or not for the asker.
        """
        said = asked.path["task"]
        if found := _ID.fullmatch(said):
            incident = await self.queries.incident(int(found[1]), asked.viewer)
            task = task_of(incident, int(found[2])) if incident else None
            if incident is not None and task is not None:
                return task, incident
        raise NotFound(f"There is no task {said[:40]}.")


def _id_of(incident: Incident) -> dict[int, str]:
    return {incident.number: incident.id}
