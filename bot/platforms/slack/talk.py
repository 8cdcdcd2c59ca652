"""What people say to each other in a room, as a line that is kept for a while.

It is looked at only where some route keeps what is said.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from bot.chat.call import Call, Talk
from bot.chat.desk import Desk
from bot.domain.entry import TAKEN_AWAY
from bot.platforms.slack.follow import quoted
from bot.platforms.slack.heard import By, Message, Reworded, Talked
from bot.platforms.slack.identity import Identity, is_stranger


class TalkLines:
    """`plain` gives a message's words as their reader saw them, `home` the id of our workspace."""

    def __init__(
        self,
        desk: Desk,
        identity: Identity,
        *,
        plain: Callable[[str], Awaitable[str]],
        home: Callable[[], Awaitable[str]],
    ) -> None:
        self.desk, self.identity, self.plain, self.home = desk, identity, plain, home

    async def line(self, heard: Talked) -> Call | None:
        """At the time of the message; None where it is nobody's business."""
        at = datetime.fromtimestamp(float(heard.message.at), UTC)
        said = min(at, self.desk.clock.wall())
        return await self._call(heard.key, heard.by, heard.message, said, Talk.SAID)

    async def reworded(self, heard: Reworded) -> list[Call]:
        """At the time of now, by its author: nobody says who deleted it."""
        if not heard.message.user:
            return []
        by = heard.by or By(user=heard.message.user, team=await self.home())
        now = self.desk.clock.wall()
        call = await self._call(f"{heard.key}:talk", by, heard.message, now, Talk.CHANGED)
        return [call] if call is not None else []

    async def _call(self, key: str, by: By, said: Message, at: datetime, talk: Talk) -> Call | None:
        if not self.desk.keeps_any_talk:
            return None
        thread = said.thread or said.at
        number = await self.desk.queries.incident_at("slack", said.channel, thread)
        if number is None or not await self.desk.keeps_talk(number):
            return None
        actor = await self.identity.actor(by, said.channel)
        if is_stranger(actor):
            return None
        words = await self.plain(said.text) or TAKEN_AWAY
        return Call(
            key=key,
            platform="slack",
            actor=actor,
            text=f"note #{number} {at:%Y-%m-%dT%H:%M:%SZ} {words}",
            room=number,
            interactive=False,
            quotes=quoted(said.channel, said.at),
            talk=talk,
        )
