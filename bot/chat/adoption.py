"""Which channel somebody is in, and whether it can become the room of an incident."""

from collections.abc import Mapping

from bot.domain.errors import Invalid
from bot.domain.people import Actor
from bot.ports.existing import HERE, Existing, Survey
from bot.ports.queries import Queries


class Adoption:
    """`surveys` look at channels, by platform; the composition root fills them in."""

    def __init__(self, queries: Queries) -> None:
        self.queries = queries
        self.surveys: dict[str, Survey] = {}

    def offered_to(self, actor: Actor) -> bool:
        """They are somewhere that may become a room."""
        platform, channel = place_of(actor.origin)
        return platform in self.surveys and bool(channel)

    async def here(self, actor: Actor) -> Existing:
        """The channel they are in, with what was said there lately.

        Raises:
            Invalid: it cannot become a room; `field` is `here`.
        """
        platform, channel = place_of(actor.origin)
        if platform not in self.surveys or not channel:
            raise Invalid("Say that in the channel that is to become the room.", field=HERE)
        if (number := await self.queries.incident_at(platform, channel)) is not None:
            raise Invalid(f"This channel is the room of #{number} already.", field=HERE)
        return await self.surveys[platform](channel)


def place_of(origin: Mapping[str, str]) -> tuple[str, str]:
    """Platform and channel, as the platform calls it; empty where it has none."""
    return origin.get("platform", ""), origin.get("room", "")
