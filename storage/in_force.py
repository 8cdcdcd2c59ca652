"""Which policies the server goes by: what `muster apply` compares the files with.

The files on disk may say something new already, so the server writes down what it read.
"""

from collections.abc import Sequence
from typing import Final

from pydantic import ValidationError
from sqlalchemy import select

from bot.domain.incident import Visibility
from bot.domain.lifecycle import OPEN
from bot.domain.policy import Policies
from bot.domain.policy_plan import Governed
from storage import tables as t
from storage.facts import get_fact, set_fact
from storage.store import SqlStore
from storage.units import SqlUnit
from storage.writing import write

IN_FORCE: Final = "policies"


async def put_in_force(store: SqlStore, policies: Policies) -> None:
    """Writes them down, where they are others than before; as a text, since PostgreSQL sorts the
    keys of what it knows as JSON, and the order of routes is content."""

    async def put(unit: SqlUnit) -> None:
        known = await get_fact(unit.connection, IN_FORCE)
        if known is None or known.get("version") != policies.version:
            said = {"version": policies.version, "policies": policies.model_dump_json()}
            await set_fact(unit.connection, IN_FORCE, said)

    await write(store, put)


async def in_force(store: SqlStore) -> Policies | None:
    """None where no server wrote them down, or one of a version that knew other keys."""
    async with store.reading() as connection:
        known = await get_fact(connection, IN_FORCE)
    try:
        return Policies.model_validate_json(known["policies"]) if known is not None else None
    except ValidationError:
        return None


async def open_under(store: SqlStore) -> Sequence[Governed]:
    """Open incidents, the oldest first; of private ones no title."""
    c = t.incidents.c
    columns = (
        c.number, c.title, c.status, c.severity, c.route, c.team, c.service, c.escalation,
        c.assigned_to, c.visibility,
    )  # fmt: skip
    statement = (
        select(*columns)
        .where(c.tenant == "default", c.status.in_(sorted(str(state) for state in OPEN)))
        .order_by(c.number)
    )
    async with store.reading() as connection:
        rows = (await connection.execute(statement)).all()
    return [
        Governed(
            number=row.number,
            title=row.title if row.visibility == Visibility.PUBLIC else "",
            status=row.status,
            severity=row.severity,
            route=row.route,
            team=row.team,
            service=row.service,
            escalation=row.escalation,
            assigned_to=row.assigned_to,
        )
        for row in rows
    ]
