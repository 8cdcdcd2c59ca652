"""How much is said in a channel of a platform: chosen by somebody, as a fact."""

from bot.domain.noise import Noise
from storage.facts import noise_fact, set_fact
from storage.units.base import Part


class NoisePart(Part):
    async def set_noise(self, platform: str, channel: str, noise: Noise | None) -> None:
        """None gives the choice back to the policies."""
        await set_fact(self.connection, noise_fact(platform, channel), str(noise or ""))
