"""How much is said in a channel of a platform, where somebody chose it."""

from sqlalchemy import select

from bot.domain.noise import Noise
from storage import tables as t
from storage.facts import TENANT, noise_fact
from storage.queries.base import Reading


class Noises(Reading):
    async def noise_at(self, platform: str, channel: str) -> Noise | None:
        facts = t.facts.c
        row = await self.first(
            select(facts.value).where(
                facts.tenant == TENANT, facts.name == noise_fact(platform, channel)
            )
        )
        return Noise(row[0]) if row and row[0] else None
