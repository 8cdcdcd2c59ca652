"""Silences. One made from a private incident would tell of it, so only its members see it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, not_, select

from bot.domain.silence import Silence
from bot.ports.queries import Viewer
from storage import tables as t
from storage.queries.base import Reading, mentions
from storage.rows import silence_from


class Silences(Reading):
    async def silences(self, viewer: Viewer, *, past: bool = False) -> Sequence[Silence]:
        in_force = and_(t.silences.c.ended_at.is_(None), t.silences.c.ends_at > self.clock.now())
        wanted: Any = not_(in_force) if past else in_force
        rows = await self.rows(
            select(t.silences)
            .where(
                t.silences.c.tenant == "default",
                wanted,
                mentions(t.silences.c.incident, viewer),
            )
            .order_by(t.silences.c.id.desc())
            .limit(1_000)
        )
        return [silence_from(row) for row in rows]

    async def silence(self, id: int, viewer: Viewer) -> Silence | None:
        row = await self.first(
            select(t.silences).where(t.silences.c.id == id, mentions(t.silences.c.incident, viewer))
        )
        return silence_from(row) if row is not None else None
