"""What people said to each other in a captured room loses its words after a while; that they did
stays."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import and_, delete, literal_column, select

from bot.domain.effect import talk_slot
from bot.domain.entry import EntryType
from bot.domain.people import SYSTEM
from bot.ports.store import Lane
from storage import tables as t
from storage.erasure import erase_body
from storage.facts import TENANT
from storage.store import SqlStore
from storage.units import SqlUnit
from storage.writing import write

AT_ONCE: Final = 100
"""Lines in one transaction."""


async def erase_talk(store: SqlStore, older: timedelta) -> int:
    """Erases the words, and forgets where they were shown; how many lines that were."""
    count = 0
    while due := await _due(store, older):

        async def erase(unit: SqlUnit, due: Sequence[Any] = due) -> None:
            for stream, seq, incident in due:
                await erase_body(unit.connection, stream, seq, unit.now)
                await unit.connection.execute(
                    delete(t.places).where(
                        t.places.c.tenant == TENANT,
                        t.places.c.incident == incident,
                        t.places.c.slot == talk_slot(seq),
                    )
                )
            said = f"The words of {len(due)} lines of talk were erased: their time was over."
            await unit.system_entry(SYSTEM, EntryType.ACTION_EXECUTED, said, action="prune")

        await write(store, erase, lane=Lane.INTAKE)
        count += len(due)
    return count


async def _due(store: SqlStore, older: timedelta) -> Sequence[Any]:
    statement = (
        select(t.entries.c.stream, t.entries.c.seq, t.entries.c.incident)
        .join(
            t.entry_bodies,
            and_(
                t.entry_bodies.c.tenant == t.entries.c.tenant,
                t.entry_bodies.c.stream == t.entries.c.stream,
                t.entry_bodies.c.seq == t.entries.c.seq,
            ),
        )
        .where(
            t.entries.c.tenant == TENANT,
            literal_column("entries.type = 'said'"),  # as the index says it
            t.entries.c.recorded_at < store.now() - older,
            t.entry_bodies.c.body.is_not(None),
        )
        .limit(AT_ONCE)
    )
    async with store.reading() as connection:
        return (await connection.execute(statement)).all()
