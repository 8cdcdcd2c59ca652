"""Something is posted once, as far as that can be had: Teams knows no idempotency key, and a bot
may not look for what it said.

What was answered was heard once. Where no answer came, Teams is asked for something harmless first,
so that nothing is said into the dark again and again; then it is said once more. So a lost answer
shows a message twice at most, and what had two answers lost is given up and stands in the record;
only a card is never given up, for everything hangs on it.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.errors import DeliveryError
from bot.platforms.teams.addresses import is_channel, thread_of
from bot.platforms.teams.connector import Connector
from bot.platforms.teams.errors import TeamsSilent
from bot.ports.channel import Job

MOST: Final = 2
"""Times that something is said of which nobody knows whether it was heard."""

REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Spot:
    """A channel or a chat, and the thread in it; without one a channel gets a new thread."""

    channel: str
    thread: str = ""
    service: str = ""

    @property
    def conversation(self) -> str:
        return thread_of(self.channel, self.thread)

    @property
    def begins(self) -> bool:
        """Whether it will be the first message of a thread."""
        return is_channel(self.channel) and not self.thread


class Saying:
    def __init__(self, connector: Connector) -> None:
        self.connector = connector
        self._unheard: OrderedDict[str, int] = OrderedDict()
        """Key → how often it was said without an answer, of what was tried by this process."""

    async def once(self, job: Job, spot: Spot, activity: Mapping[str, Any]) -> str:
        """Posts it; the id of the message.

        Raises:
            DeliveryError: permanent, where it was said twice and no answer came.
        """
        unheard = self._unheard.get(job.key, 1 if job.tries else 0)
        if unheard >= MOST and not job.payload.get("slot"):
            raise DeliveryError(
                "it was sent twice and no answer came; it may stand there", permanent=True
            )
        if unheard:
            await self.connector.knock(spot.channel, service=spot.service)
        try:
            made = await self._say(spot, activity)
        except TeamsSilent:
            self._remember(job.key, unheard + 1)
            raise
        except DeliveryError:
            self._remember(job.key, unheard)
            raise
        self._unheard.pop(job.key, None)
        return made

    async def _say(self, spot: Spot, activity: Mapping[str, Any]) -> str:
        if spot.begins:
            return await self.connector.begin(spot.channel, activity, service=spot.service)
        return await self.connector.say(spot.conversation, activity, service=spot.service)

    def _remember(self, key: str, unheard: int) -> None:
        self._unheard[key] = unheard
        while len(self._unheard) > REMEMBERED:
            self._unheard.popitem(last=False)
