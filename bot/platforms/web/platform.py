"""The web room as a channel: a page becomes a notice in the browser."""

from collections.abc import Mapping
from typing import Any, Final

from bot.domain.effect import Capabilities, EffectKind
from bot.domain.errors import DeliveryError
from bot.ports.channel import Job
from bot.ports.hub import Hub
from bot.ports.notices import Notices
from bot.ports.presence import Presence

CAPABILITIES: Final = Capabilities(
    effects=frozenset({EffectKind.PAGE, EffectKind.DIRECT_MESSAGE}), rooms=False
)


class WebPlatform:
    name = "web"

    """`presence` knows of the pages of other processes."""

    def __init__(self, notices: Notices, hub: Hub, presence: Presence | None = None) -> None:
        self.notices, self.hub, self.presence = notices, hub, presence

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def perform(self, job: Job) -> Mapping[str, Mapping[str, Any]]:
        """Keeps a notice and wakes the person's pages; the same key again is the same notice.

        Raises:
            DeliveryError: permanent, where a loud page rings in an empty room. The notice stays,
                and the person's next way begins now instead of in a minute.
        """
        if job.kind not in CAPABILITIES.effects:
            raise DeliveryError(f"the web room cannot do {job.kind}", permanent=True)
        person = job.person_id or job.to.removeprefix("person:")
        if not person:
            raise DeliveryError("the web room reaches people only", permanent=True)
        loud = job.loud and job.kind is EffectKind.PAGE
        title = job.line or (job.card.title if job.card else "A message from Muster")
        await self.notices.add(
            key=job.key,
            person=person,
            incident=job.incident,
            loud=loud,
            title=title,
            text=job.card.fallback if job.card else "",
        )
        self.hub.noticed(person)
        if loud and not await self._looking(person):
            raise DeliveryError("nobody is looking at the web room", permanent=True)
        return {}

    async def _looking(self, person: str) -> bool:
        if self.hub.looking(person):
            return True
        return self.presence is not None and await self.presence.looking(person)


def connect(*, notices: Notices, hub: Hub, presence: Presence | None = None) -> WebPlatform:
    return WebPlatform(notices, hub, presence)
