"""Silences."""

from dataclasses import replace

from sqlalchemy import insert, select, update

from bot.domain.errors import NotFound
from bot.domain.silence import Silence
from storage import tables as t
from storage.rows import silence_from
from storage.units.base import Part


class SilencePart(Part):
    async def add_silence(self, silence: Silence) -> Silence:
        """Stores it; the result has its id."""
        made = await self.connection.execute(
            insert(t.silences)
            .values(
                matchers=[str(matcher) for matcher in silence.matchers],
                starts_at=silence.starts_at,
                ends_at=silence.ends_at,
                created_by=silence.created_by,
                created_by_name=silence.created_by_name,
                comment=silence.comment,
                incident=silence.incident,
            )
            .returning(t.silences.c.id)
        )
        return replace(silence, id=int(made.scalar_one()))

    async def silence(self, id: int) -> Silence:
        """The silence, locked."""
        rows = await self.connection.execute(
            select(t.silences).where(t.silences.c.id == id).with_for_update()
        )
        row = rows.one_or_none()
        if row is None:
            raise NotFound(f"There is no silence {id}.")
        return silence_from(row)

    async def end_silence(self, id: int) -> None:
        await self.connection.execute(
            update(t.silences).where(t.silences.c.id == id).values(ended_at=self.now)
        )
