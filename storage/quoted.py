"""Which messages the timelines quote: known while their edits are followed, and then forgotten."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, select

from bot.ports.store import Lane
from storage import tables as t
from storage.facts import TENANT, get_facts, quoted_fact
from storage.store import SqlStore
from storage.units import SqlUnit
from storage.writing import write

AT_ONCE: Final = 100
"""Rows in one transaction."""


async def forget_quoted(store: SqlStore, older: timedelta) -> int:
    """Forgets those whose incidents have all been closed for so long; how many that were."""
    closed = await _closed(store, older)
    going = [name for name, known in await _quoted(store) if closed.issuperset(known)]
    count = 0
    for n in range(0, len(going), AT_ONCE):
        some = going[n : n + AT_ONCE]

        async def forget(unit: SqlUnit, some: Sequence[str] = some) -> int:
            now = await get_facts(unit.connection, some)  # another incident may quote it by now
            gone = [name for name, value in now.items() if closed.issuperset(value["incidents"])]
            facts = t.facts.c
            await unit.connection.execute(
                delete(t.facts).where(facts.tenant == TENANT, facts.name.in_(gone))
            )
            return len(gone)

        count += await write(store, forget, lane=Lane.INTAKE)
    return count


async def _quoted(store: SqlStore) -> Sequence[tuple[str, Sequence[int]]]:
    facts = t.facts.c
    found = select(facts.name, facts.value).where(
        facts.tenant == TENANT, facts.name.startswith(quoted_fact(""), autoescape=True)
    )
    async with store.reading() as connection:
        return [(row.name, row.value["incidents"]) for row in await connection.execute(found)]


async def _closed(store: SqlStore, older: timedelta) -> frozenset[int]:
    """Reopened ones are open again."""
    closed: Any = select(t.incidents.c.number).where(
        t.incidents.c.status == "CLOSED",
        t.incidents.c.closed_at < store.now() - older,
    )
    async with store.reading() as connection:
        return frozenset((await connection.execute(closed)).scalars())
