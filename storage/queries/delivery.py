"""The outbox in four figures."""

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from bot.ports.queries import DeliveryFacts
from storage import tables as t
from storage.queries.base import Reading

LATE: Final = timedelta(seconds=60)
"""An effect that waits this long past its time is overdue."""

FAILED_WITHIN: Final = timedelta(hours=24)


class Delivery(Reading):
    async def delivery(self) -> DeliveryFacts:
        """`failed`: for good, within the last day."""
        now = self.clock.now()
        effects = t.effects.c
        waiting = await self.first(
            select(
                func.count(),
                func.count().filter(effects.due_at < now - LATE),
                func.min(effects.due_at),
            ).where(effects.state == "pending")
        )
        failed = await self.first(
            select(func.count()).where(
                effects.state == "failed", effects.settled_at > now - FAILED_WITHIN
            )
        )
        pending, overdue, oldest = waiting or (0, 0, None)
        return DeliveryFacts(
            pending=pending,
            overdue=overdue,
            failed=failed[0] if failed else 0,
            oldest_due_at=oldest,
        )
