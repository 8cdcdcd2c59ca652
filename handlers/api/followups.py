"""`/api/v1/followups`: what outlives an incident, made, listed, changed."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any, Final

from bot.domain.errors import NotFound
from bot.domain.incident import Incident
from bot.domain.task import Task, TaskState, followups_of, task_of
from bot.engine.acts.followups import Wish
from bot.engine.incidents import Incidents
from bot.ports.queries import Queries
from handlers.api.bodies import ChangedFollowup, NewFollowup
from handlers.api.finding import Finder, calling
from handlers.api.operation import PREFIX, Asked, Operation, Reply
from handlers.api.params import LIMIT, Kind, Param
from handlers.api.shown.followup import FollowupShown, FollowupsShown, show_followup

PATH: Final = f"{PREFIX}/followups"
_ID: Final = re.compile(r"(\d{1,15})-(\d{1,6})", re.ASCII)
CALLED: Final = {
    "text": "description",
    "person": "owner",
    "due_on": "due_date",
    "url": "tracking_url",
}


class FollowupSubject:
    """`now` is the store's time."""

    def __init__(
        self,
        queries: Queries,
        finder: Finder,
        incidents: Incidents,
        now: Callable[[], datetime],
    ) -> None:
        self.queries, self.finder = queries, finder
        self.incidents, self.now = incidents, now

    def operations(self) -> Iterable[Operation]:
        return (
            Operation(
                method="POST",
                path=PATH,
                name="add_followup",
                about="Writes a follow-up down; its owner is told.",
                do=self.add,
                again=self.added,
                body=NewFollowup,
                examples=(
                    {"incident_id": "1", "description": "Limit the cache"},
                    {
                        "incident_id": "1",
                        "description": "Alert on cache fill",
                        "owner": "ben",
                        "due_date": "2026-02-01",
                        "tracking_url": "https://tickets.example/7",
                        "priority": "high",
                    },
                ),
                shows=FollowupShown,
                status=201,
                refuses=(404,),
            ),
            Operation(
                method="GET",
                path=PATH,
                name="list_followups",
                about="Lists follow-ups, what is due first.",
                do=self.list,
                verb="list",
                params=(
                    Param(name="incident", about="Of this incident: `INC-…` or its number."),
                    Param(name="owner", about="Of this person, by id."),
                    Param(name="team", about="Of this team's incidents."),
                    Param(
                        name="status",
                        about="Still to be done, done, or given up.",
                        kind=Kind.CHOICE,
                        choices=tuple(TaskState),
                    ),
                    Param(
                        name="overdue",
                        about="Those whose day is over.",
                        kind=Kind.CHOICE,
                        choices=("true", "false"),
                        default="false",
                    ),
                    LIMIT,
                ),
                shows=FollowupsShown,
                refuses=(404,),
            ),
            Operation(
                method="GET",
                path=f"{PATH}/{{followup}}",
                name="show_followup",
                about="Shows one follow-up.",
                do=self.show,
                verb="status",
                shows=FollowupShown,
                refuses=(404,),
            ),
            Operation(
                method="PATCH",
                path=f"{PATH}/{{followup}}",
                name="change_followup",
                about="Ends it, gives it to somebody, moves its day, snoozes or rewords it.",
                do=self.change,
                again=self.changed,
                body=ChangedFollowup,
                examples=({}, {"status": "done"}, {"owner": "ann", "due_date": "2026-03-01"}),
                shows=FollowupShown,
                refuses=(404,),
            ),
        )

    def _today(self) -> str:
        return self.now().astimezone(UTC).date().isoformat()

    async def add(self, asked: Asked) -> Reply:
        body: NewFollowup = asked.body
        incident = await self.finder.named(body.incident_id, asked.viewer)
        wish = Wish(
            text=body.description,
            owner=body.owner,
            due_on=_day(body.due_date) or None,
            ticket=body.tracking_url,
            priority=body.priority,
        )
        with calling(**CALLED):
            done = await self.incidents.add_followup(incident.number, wish, asked.ask())
        return self._one(followups_of(done.incident)[-1], done.incident, status=201)

    async def added(self, asked: Asked, moment: datetime) -> Reply:
        """The one that the asker made in the transaction of this time."""
        incident = await self.finder.named(asked.body.incident_id, asked.viewer)
        for task in followups_of(incident):
            if task.made_at == moment and task.made_by == asked.actor.id:
                return self._one(task, incident, status=201)
        raise NotFound("The follow-up that this made was taken back.")

    async def list(self, asked: Asked) -> Reply:
        query, number = asked.query, None
        if query["incident"] is not None:
            number = (await self.finder.named(query["incident"], asked.viewer)).number
        today = self._today()
        found = await self.queries.followups(
            asked.viewer,
            incident=number,
            owner=query["owner"],
            teams=[query["team"]] if query["team"] else (),
            state=_state(query),
            due_before=today if query["overdue"] == "true" else None,
            limit=query["limit"],
        )
        ids = await self.queries.ids({task.incident for task in found}, asked.viewer)
        shown: FollowupsShown = {
            "items": [show_followup(task, ids, today) for task in found if task.incident in ids],
            "next_cursor": None,
        }
        return Reply(data=shown)

    async def show(self, asked: Asked) -> Reply:
        task, incident = await self._named(asked)
        return self._one(task, incident)

    async def change(self, asked: Asked) -> Reply:
        body: ChangedFollowup = asked.body
        task, incident = await self._named(asked)
        with calling(**CALLED):
            done = await self.incidents.change_followup(
                incident.number, task.number, _wish(body), asked.ask()
            )
        return self._one(task_of(done.incident, task.number) or task, done.incident)

    async def changed(self, asked: Asked, moment: datetime) -> Reply:
        return await self.show(asked)

    async def _named(self, asked: Asked) -> tuple[Task, Incident]:
        """Raises NotFound: there is none of this id, or not for the asker."""
        said = asked.path["followup"]
        if found := _ID.fullmatch(said):
            incident = await self.queries.incident(int(found[1]), asked.viewer)
            task = task_of(incident, int(found[2])) if incident else None
            if incident is not None and task is not None and task.follow_up:
                return task, incident
        raise NotFound(f"There is no follow-up {said[:40]}.")

    def _one(self, task: Task, incident: Incident, *, status: int = 200) -> Reply:
        headers = {"Location": f"{PATH}/{task.id}"} if status == 201 else {}
        data = show_followup(task, {incident.number: incident.id}, self._today())
        return Reply(data=data, status=status, headers=headers)


def _state(query: Any) -> TaskState | None:
    """What is overdue is open."""
    if query["status"]:
        return TaskState(query["status"])
    return TaskState.OPEN if query["overdue"] == "true" else None


def _wish(body: ChangedFollowup) -> Wish:
    """null takes away, which the engine calls an empty word."""
    given = body.model_fields_set
    return Wish(
        text=body.description if "description" in given else None,
        owner=(body.owner or "") if "owner" in given else None,
        due_on=_day(body.due_date) if "due_date" in given else None,
        ticket=(body.tracking_url or "") if "tracking_url" in given else None,
        priority=body.priority if "priority" in given else None,
        state=body.status if "status" in given else None,
        reason=body.reason or "",
        snoozed_until=_day(body.snoozed_until) if "snoozed_until" in given else None,
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
