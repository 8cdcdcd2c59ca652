"""What is known of channels and messages of a platform, as facts."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from bot.domain.noise import Noise
from storage import tables as t
from storage.facts import TENANT, noise_fact, quoted_fact
from storage.queries.base import Reading


class Channels(Reading):
    async def noise_at(self, platform: str, channel: str) -> Noise | None:
        value = await self._fact(noise_fact(platform, channel))
        return Noise(value) if value else None

    async def quoted_in(self, where: str) -> Sequence[int]:
        """The incidents in whose timeline the words at this address stand."""
        value = await self._fact(quoted_fact(where))
        return value["incidents"] if value else ()

    async def _fact(self, name: str) -> Any:
        facts = t.facts.c
        row = await self.first(
            select(facts.value).where(facts.tenant == TENANT, facts.name == name)
        )
        return row[0] if row else None
