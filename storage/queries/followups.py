"""Lists of follow-ups, what is due first. One exists for whom its incident exists for."""

from collections.abc import Collection, Sequence

from sqlalchemy import and_, select

from bot.domain.task import Task, TaskState
from bot.ports.queries import LONGEST_PAGE, Viewer
from storage import tables as t
from storage.queries.base import Reading, exists_for
from storage.task_rows import TASK_COLUMNS, task_from_row


class Followups(Reading):
    async def followups(
        self,
        viewer: Viewer,
        *,
        incident: int | None = None,
        owner: str | None = None,
        teams: Collection[str] = (),
        state: TaskState | None = None,
        due_before: str | None = None,
        limit: int = LONGEST_PAGE,
    ) -> Sequence[Task]:
        incidents = and_(
            t.incidents.c.tenant == t.tasks.c.tenant, t.incidents.c.number == t.tasks.c.incident
        )
        statement = (
            select(*TASK_COLUMNS)
            .join_from(t.tasks, t.incidents, incidents)
            .where(t.tasks.c.tenant == "default", t.tasks.c.follow_up, exists_for(viewer))
            .order_by(
                t.tasks.c.due_on.is_(None),
                t.tasks.c.due_on,
                t.tasks.c.made_at,
                t.tasks.c.incident,
                t.tasks.c.number,
            )
            .limit(limit)
        )
        if incident is not None:
            statement = statement.where(t.tasks.c.incident == incident)
        if owner is not None:
            statement = statement.where(t.tasks.c.owner == owner)
        if teams:
            statement = statement.where(t.incidents.c.team.in_(sorted(teams)))
        if state is not None:
            statement = statement.where(t.tasks.c.state == str(state))
        if due_before is not None:
            statement = statement.where(t.tasks.c.due_on < due_before)
        return [task_from_row(row) for row in await self.rows(statement)]
