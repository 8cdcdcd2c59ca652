"""Lists of tasks, newest first. A task exists for whom its incident exists for."""

from sqlalchemy import and_, literal, select, tuple_

from bot.domain.task import Task, TaskState
from bot.ports.queries import PAGE, Page, Viewer
from storage import tables as t
from storage.queries.base import Reading, exists_for
from storage.queries.cursor import after_task, check_limit, read_task
from storage.task_rows import TASK_COLUMNS, task_from_row


class Tasks(Reading):
    async def tasks(
        self,
        viewer: Viewer,
        *,
        incident: int | None = None,
        owner: str | None = None,
        state: TaskState | None = None,
        limit: int = PAGE,
        cursor: str | None = None,
    ) -> Page[Task]:
        check_limit(limit)
        place = (t.tasks.c.made_at, t.tasks.c.incident, t.tasks.c.number)
        statement = (
            select(*TASK_COLUMNS)
            .join_from(
                t.tasks,
                t.incidents,
                and_(
                    t.incidents.c.tenant == t.tasks.c.tenant,
                    t.incidents.c.number == t.tasks.c.incident,
                ),
            )
            .where(t.tasks.c.tenant == "default", ~t.tasks.c.follow_up, exists_for(viewer))
            .order_by(*(column.desc() for column in place))
            .limit(limit + 1)
        )
        if incident is not None:
            statement = statement.where(t.tasks.c.incident == incident)
        if owner is not None:
            statement = statement.where(t.tasks.c.owner == owner)
        if state is not None:
            statement = statement.where(t.tasks.c.state == str(state))
        if cursor is not None:
            last = zip(read_task(cursor), place, strict=True)
            bound = (literal(value, column.type) for value, column in last)
            statement = statement.where(tuple_(*place) < tuple_(*bound))
        rows = await self.rows(statement)
        items = [task_from_row(row) for row in rows[:limit]]
        return Page(items, after_task(items[-1]) if len(rows) > limit else None)
