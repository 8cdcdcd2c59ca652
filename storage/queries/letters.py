"""Dead letters, for admins."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from bot.ports.queries import PAGE
from storage import tables as t
from storage.queries.base import Reading

COLUMNS = tuple(
    t.dead_letters.c[name]
    for name in ("id", "source", "received_at", "reason", "tries", "replayed_at")
)


class DeadLetters(Reading):
    async def dead_letters(self, *, limit: int = PAGE) -> Sequence[Mapping[str, Any]]:
        """Without the bodies."""
        rows = await self.rows(
            select(*COLUMNS)
            .where(t.dead_letters.c.tenant == "default")
            .order_by(t.dead_letters.c.received_at.desc(), t.dead_letters.c.id.desc())
            .limit(limit)
        )
        return [dict(row._mapping) for row in rows]
