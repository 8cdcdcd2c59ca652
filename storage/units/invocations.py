"""Commands, kept by their key before anybody is told that they were heard."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update

from bot.ports.store import Invoked
from storage import tables as t
from storage.flush import upserting
from storage.units.base import Part

REST: Final = "rest"


class InvocationPart(Part):
    async def invoke(self, call: Invoked) -> bool:
        """Keeps the command; False where its key is known already."""
        made = await self.connection.execute(
            upserting(self.connection, t.invocations)
            .on_conflict_do_nothing()
            .returning(t.invocations.c.key),
            {
                "tenant": "default",
                "key": call.key,
                "platform": call.platform,
                "actor": call.actor,
                "text": call.text,
                "payload": dict(call.payload),
                "received_at": self.now,
            },
        )
        return made.scalar_one_or_none() is not None

    async def invoked(self, key: str) -> Mapping[str, Any] | None:
        """What is kept of the command: `done_at`, `reply`, `payload`, `text`, `actor`."""
        rows = await self.connection.execute(
            select(t.invocations).where(t.invocations.c.key == key)
        )
        row = rows.one_or_none()
        return dict(row._mapping) if row is not None else None

    async def answer(self, key: str, reply: Mapping[str, Any]) -> None:
        """Keeps the reply, and that the command is carried out."""
        await self.connection.execute(
            update(t.invocations)
            .where(t.invocations.c.key == key)
            .values(reply=dict(reply), done_at=self.now)
        )

    async def carry_out(self, key: str) -> bool:
        """Marks the command as carried out in this transaction; False where it was before.

        A key nobody kept (a test, a job) is carried out as well.
        """
        rows = await self.connection.execute(
            select(t.invocations.c.done_at).where(t.invocations.c.key == key).with_for_update()
        )
        row = rows.one_or_none()
        if row is None:
            return True
        if row.done_at is not None:
            return False
        await self.connection.execute(
            update(t.invocations).where(t.invocations.c.key == key).values(done_at=self.now)
        )
        return True

    async def left_behind(self, before: datetime) -> list[Mapping[str, Any]]:
        """Commands that were kept before then and never finished.

        A request to the API is not among them: nobody but its client can ask for it again.
        """
        rows = await self.connection.execute(
            select(t.invocations)
            .where(
                t.invocations.c.done_at.is_(None),
                t.invocations.c.received_at < before,
                t.invocations.c.platform != REST,
            )
            .order_by(t.invocations.c.received_at)
            .limit(100)
        )
        return [dict(row._mapping) for row in rows]
