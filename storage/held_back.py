"""What waits while Muster is on hold, and what of it can be dropped instead of sent.

Only talk can be dropped: rooms and live cards show how things are, and have to catch up.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.effect import TO_PEOPLE, EffectKind
from bot.domain.entry import EntryType
from bot.domain.people import Actor
from storage import tables as t
from storage.store import SqlStore
from storage.units import SqlUnit
from storage.writing import write

TALK: Final = TO_PEOPLE | {EffectKind.POST, EffectKind.EPHEMERAL, EffectKind.WEBHOOK}
_WAITS: Final = (
    t.effects.c.state == "pending",
    t.effects.c.kind.in_(sorted(str(kind) for kind in TALK)),
)


@dataclass(frozen=True, slots=True)
class Waits:
    """`count` messages of one kind for one person (or place), about these incidents."""

    kind: str
    destination: str
    to: str
    incidents: tuple[int, ...]
    count: int

    def __str__(self) -> str:
        whom = f" to {self.to.removeprefix('person:')}" if self.to else ""
        about = ", ".join(f"#{number}" for number in self.incidents)
        times = "" if self.count == 1 else f" ({self.count})"
        return f"{self.kind}{whom} by {self.destination}: {about}{times}"


async def held_back(connection: AsyncConnection) -> list[Waits]:
    """What would be said, in the order it was meant to; to one person about several as one."""
    rows = await connection.execute(
        select(t.effects.c.kind, t.effects.c.destination, t.effects.c.payload, t.effects.c.incident)
        .where(*_WAITS)
        .order_by(t.effects.c.id)
    )
    found: dict[tuple[str, str, str], list[int | None]] = {}
    for row in rows:
        whom = (row.kind, row.destination, str(row.payload.get("to", "")))
        found.setdefault(whom, []).append(row.incident)
    return [
        Waits(*whom, tuple(sorted({n for n in numbers if n is not None})), len(numbers))
        for whom, numbers in found.items()
    ]


async def drop_talk(store: SqlStore, *, by: Actor) -> int:
    """Takes back what would be said; how many messages that were."""

    async def drop(unit: SqlUnit) -> int:
        dropped = await unit.connection.execute(
            update(t.effects)
            .where(*_WAITS)
            .values(state="withdrawn", settled_at=unit.now, error="dropped at the end of a hold")
        )
        said = f"Dropped {dropped.rowcount} messages that waited while on hold."
        await unit.system_entry(by, EntryType.ACTION_EXECUTED, said, action="hold")
        return int(dropped.rowcount)

    return await write(store, drop)
