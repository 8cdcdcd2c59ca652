"""See bot.ports.presence. Replicas share it by the database; one process alone needs no rows."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from storage import tables as t
from storage.flush import upserting
from storage.store import SqlStore
from storage.units import SqlUnit
from storage.writing import write

SAID_EVERY: Final = timedelta(seconds=10)
HOLDS: Final = timedelta(seconds=40)
"""Pages say it at least every 15 seconds; one that was closed is forgotten after this."""


class SqlPresence:
    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self._said: dict[str, datetime] = {}

    async def note(self, person: str) -> None:
        now = self.store.now()
        said = self._said.get(person)
        if self.store.database.is_sqlite or (said is not None and now - said < SAID_EVERY):
            return
        self._said[person] = now

        async def keep(unit: SqlUnit) -> None:
            insert = upserting(unit.connection, t.presence)
            await unit.connection.execute(
                insert.on_conflict_do_update(
                    index_elements=["tenant", "person"], set_={"seen_at": unit.now}
                ),
                {"tenant": "default", "person": person, "seen_at": unit.now},
            )

        await write(self.store, keep)

    async def looking(self, person: str) -> bool:
        if self.store.database.is_sqlite:
            return False
        statement = select(t.presence.c.person).where(
            t.presence.c.tenant == "default",
            t.presence.c.person == person,
            t.presence.c.seen_at > self.store.now() - HOLDS,
        )
        async with self.store.reading() as connection:
            return (await connection.execute(statement)).first() is not None
