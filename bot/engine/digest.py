"""Once a day, a list of what opened quietly, for the platforms that have a place for it."""

from datetime import datetime, time, timedelta
from typing import Final

from bot.domain.effect import Effect, EffectKind
from bot.engine.homes import Homes
from bot.engine.work import Work
from bot.ports.queries import Queries
from bot.ports.store import Lane, Unit

AT: Final = time(8)
"""UTC."""

DAY: Final = timedelta(days=1)
DIGEST: Final = "digest"
"""In the payload: from when until when, as RFC 3339."""


class Digest:
    def __init__(self, work: Work, queries: Queries, homes: Homes) -> None:
        self.work, self.queries, self.homes = work, queries, homes

    async def queue(self, now: datetime) -> int:
        """Queues the last digest that is due by `now` (aware UTC), once however often it is asked;
        returns how many incidents it has. Nothing is queued where there are none."""
        until = datetime.combine(now.date(), AT, now.tzinfo)
        until = until if until <= now else until - DAY
        platforms = [name for name, can in self.homes.platforms.items() if can.digests]
        count = len(await self.queries.quiet_between(until - DAY, until)) if platforms else 0

        async def do(unit: Unit) -> None:
            for platform in platforms:
                unit.ledger.queue(_digest(platform, until, unit.now))

        if count:
            await self.work(do, lane=Lane.DELIVERY)
        return count


def _digest(platform: str, until: datetime, now: datetime) -> Effect:
    span = {"since": (until - DAY).isoformat(), "until": until.isoformat()}
    return Effect(
        key=f"{platform}:digest:{until:%Y-%m-%d}",
        kind=EffectKind.POST,
        destination=platform,
        ordering=f"{platform}:digest",
        payload={DIGEST: span},
        due_at=now,
        expires_at=until + DAY,
    )
