"""Who was paged about an incident, by which way, and what became of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from bot.domain.effect import EffectKind
from bot.ports.queries import Viewer
from storage import tables as t
from storage.queries.base import Reading, exists_for

COLUMNS = tuple(
    t.effects.c[name] for name in ("state", "error", "tries", "queued_at", "settled_at")
)


class Pages(Reading):
    async def pages_of(self, number: int, viewer: Viewer) -> Sequence[Mapping[str, Any]]:
        rows = await self.rows(
            select(t.effects.c.destination, t.effects.c.payload, *COLUMNS)
            .join(t.incidents, t.incidents.c.number == t.effects.c.incident)
            .where(
                t.effects.c.incident == number,
                t.effects.c.kind == EffectKind.PAGE,
                exists_for(viewer),
            )
            .order_by(t.effects.c.id)
        )
        return [
            {
                "to": row.payload.get("to"),
                "channel": row.destination,
                "step": row.payload.get("step"),
                **{column.name: getattr(row, column.name) for column in COLUMNS},
            }
            for row in rows
        ]
