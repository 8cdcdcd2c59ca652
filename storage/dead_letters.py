"""Dead letters for an admin: look at them, ask for them to be tried again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, update

from bot.domain.errors import NotFound
from storage import tables as t
from storage.store import SqlStore
from storage.units import SqlUnit
from storage.writing import write

REPLAY: Final = "replay"
"""The kind of timer that tries a letter again; see bot.engine.timer_acts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """`replayed_at`: when it was processed after all. `size` is in bytes."""

    id: str
    source: str
    received_at: datetime
    reason: str
    size: int
    tries: int
    replayed_at: datetime | None


class DeadLetters:
    def __init__(self, store: SqlStore) -> None:
        self.store = store

    async def list(self, *, replayed: bool = False, limit: int = 100) -> Sequence[DeadLetter]:
        """Those that wait, newest first; with `replayed` the others too."""
        statement = select(*_COLUMNS).order_by(t.dead_letters.c.received_at.desc()).limit(limit)
        if not replayed:
            statement = statement.where(t.dead_letters.c.replayed_at.is_(None))
        async with self.store.reading() as connection:
            rows = await connection.execute(statement)
            return [DeadLetter(**row._mapping) for row in rows]

    async def get(self, id: str) -> tuple[DeadLetter, bytes]:
        """The letter and its body.

        Raises:
            NotFound: there is none.
        """
        statement = select(*_COLUMNS, t.dead_letters.c.body).where(t.dead_letters.c.id == id)
        async with self.store.reading() as connection:
            row = (await connection.execute(statement)).one_or_none()
        if row is None:
            raise _missing(id)
        *values, body = row
        return DeadLetter(**dict(zip(_NAMES, values, strict=True))), body

    async def ask_replay(self, ids: Collection[str]) -> None:
        """Arms timers, so that the running server, or the next one, processes them again.

        Raises:
            NotFound: there is no such letter; none of them is asked for.
        """

        async def ask(unit: SqlUnit) -> None:
            for id in ids:
                found = await unit.connection.execute(
                    update(t.dead_letters)
                    .where(t.dead_letters.c.id == id)
                    .values(replayed_at=None)
                    .returning(t.dead_letters.c.id)
                )
                if found.scalar_one_or_none() is None:
                    raise _missing(id)
                unit.ledger.arm(f"dead_letter:{id}", REPLAY, 0, unit.now)

        await write(self.store, ask)

    async def replayed(self, id: str) -> None:
        """Notes that it was processed."""

        async def note(unit: SqlUnit) -> None:
            await unit.letter_done(id)

        await write(self.store, note)


_COLUMNS: Final = (
    t.dead_letters.c.id,
    t.dead_letters.c.source,
    t.dead_letters.c.received_at,
    t.dead_letters.c.reason,
    func.length(t.dead_letters.c.body).label("size"),
    t.dead_letters.c.tries,
    t.dead_letters.c.replayed_at,
)
_NAMES: Final = tuple(column.name for column in _COLUMNS)


def _missing(id: str) -> NotFound:
    return NotFound(f"There is no dead letter {id}.")
