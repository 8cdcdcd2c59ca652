"""What is known of channels and messages of a platform, as facts: how much is said in one, which
incidents quote one."""

from bot.domain.noise import Noise
from storage.facts import get_fact, noise_fact, quoted_fact, set_fact
from storage.units.base import Part


class NoisePart(Part):
    async def set_noise(self, platform: str, channel: str, noise: Noise | None) -> None:
        """None gives the choice back to the policies."""
        await set_fact(self.connection, noise_fact(platform, channel), str(noise or ""))

    async def set_quoted(self, where: str, incident: int) -> None:
        """The words at this address stand in the timeline of this incident too."""
        name = quoted_fact(where)
        known = await get_fact(self.connection, name) or {"incidents": []}
        if incident not in known["incidents"]:
            await set_fact(self.connection, name, {"incidents": [*known["incidents"], incident]})
