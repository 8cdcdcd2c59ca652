"""Timers: read what is due, take it in the transaction that decides about it."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import select, update

from bot.ports.store import DueTimer
from storage import tables as t
from storage.units.base import Part

PENDING: Final = "pending"


class TimerPart(Part):
    async def due_timers(self, limit: int) -> list[DueTimer]:
        """The earliest pending timers whose time has come; not locked, see `take_timers`."""
        rows = await self.connection.execute(
            select(
                t.timers.c.id,
                t.timers.c.subject,
                t.timers.c.kind,
                t.timers.c.round,
                t.timers.c.due_at,
                t.timers.c.payload,
                t.timers.c.tries,
            )
            .where(t.timers.c.state == PENDING, t.timers.c.due_at <= self.now)
            .order_by(t.timers.c.due_at, t.timers.c.id)
            .limit(limit)
        )
        return [DueTimer(**row._mapping) for row in rows]

    async def take_timers(self, ids: Collection[int]) -> set[int]:
        """Marks timers as fired; only those still pending and due are ours.

        The lock of their incident comes first (`incidents`, `unlocked`), as it does where a command
        cancels them, so that neither waits for the other for ever.
        """
        rows = await self.connection.execute(
            update(t.timers)
            .where(
                t.timers.c.id.in_(sorted(ids)),
                t.timers.c.state == PENDING,
                t.timers.c.due_at <= self.now,  # somebody may have moved it since it was read
            )
            .values(state="fired", fired_at=self.now)
            .returning(t.timers.c.id)
        )
        return set(rows.scalars())

    async def postpone_timer(self, id: int, due_at: datetime) -> None:
        """A timer whose handler failed is tried again later."""
        await self.connection.execute(
            update(t.timers)
            .where(t.timers.c.id == id)
            .values(due_at=due_at, tries=t.timers.c.tries + 1)
        )
