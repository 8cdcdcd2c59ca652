"""The rows of `tasks`: what incidents keep of their tasks, once more, so that lists find them."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from sqlalchemy import Row, and_, bindparam, delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ledger import Ledger
from bot.domain.task import FIELD, Task, TaskState, task_of
from storage import tables as t

TASK_FIELDS: Final = tuple(f.name for f in fields(Task))
TASK_COLUMNS: Final = tuple(t.tasks.c[name] for name in TASK_FIELDS)

_GONE: Final = delete(t.tasks).where(
    and_(t.tasks.c.incident == bindparam("of"), t.tasks.c.number == bindparam("called"))
)


async def write_tasks(connection: AsyncConnection, ledger: Ledger) -> None:
    """Writes the tasks that entries of this transaction said something about."""
    said = sorted(
        (incident, int(name.partition(".")[2]))
        for incident, name in ledger.parts
        if name.startswith(f"{FIELD}.")
    )
    if not said:
        return
    await connection.execute(_GONE, [{"of": i, "called": number} for i, number in said])
    tasks = (task_of(ledger.touched[incident], number) for incident, number in said)
    rows = [task_values(task) for task in tasks if task is not None]
    if rows:
        await connection.execute(insert(t.tasks), rows)


def task_values(task: Task) -> dict[str, Any]:
    return {name: getattr(task, name) for name in TASK_FIELDS}


def task_from_row(row: Row[Any] | Mapping[str, Any]) -> Task:
    """A task from a row of TASK_COLUMNS."""
    values = dict(row if isinstance(row, Mapping) else row._mapping)
    return Task(**values | {"state": TaskState(values["state"])})
