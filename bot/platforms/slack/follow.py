"""A message that stands in a timeline is followed: edited, its line is mended; deleted, taken back.

Whatever the order in which Slack tells of edits, the message is looked at as it is now.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from bot.chat.call import Call, Talk
from bot.chat.desk import Desk
from bot.chat.follow import quoting, writes
from bot.domain.entry import UNHEARD
from bot.domain.people import SYSTEM, Actor
from bot.platforms.slack.heard import Message, Reworded
from bot.platforms.slack.identity import Identity
from bot.platforms.slack.workspace import Workspace


def quoted(channel: str, at: str) -> str:
    """Where a message stands, as a note that quotes it says."""
    return f"slack:{channel}:{at}"


_QUOTING: Final = re.compile(
    r"note #\d+ .*\n\S+/archives/(\w+)/p(\d{10})(\d{6})(\?\S*)?", re.DOTALL
)


def quoted_by(pressed: str) -> str:
    """What a button notes that was offered for a message from another channel; else nothing."""
    found = _QUOTING.fullmatch(pressed)
    return quoted(found[1], f"{found[2]}.{found[3]}") if found else ""


class Follow:
    """`note` writes the line that notes a message, or takes its line back where there is none."""

    def __init__(
        self,
        desk: Desk,
        identity: Identity,
        workspace: Workspace,
        note: Callable[[int | None, Message | None], Awaitable[str]],
    ) -> None:
        self.desk, self.identity, self.workspace, self.note = desk, identity, workspace, note

    async def __call__(self, heard: Reworded) -> list[Call]:
        """One for each incident whose timeline has it. Raises DeliveryError, Overloaded."""
        where = quoted(heard.channel, heard.at)
        numbers = await self.desk.queries.quoted_in(where)
        if not numbers:
            return []
        message = None
        if not heard.deleted:
            message = await self.workspace.message(heard.channel, heard.at)
        author = await self._author(heard)
        return [
            Call(
                key=f"{heard.key}:{number}",
                platform="slack",
                actor=await writes(self.desk, author, number),
                text=await self.note(number, message),
                room=number,
                interactive=False,
                quotes=where,
                talk=Talk.FOLLOWED,
            )
            for number in numbers
        ]

    async def was_brought(self, number: int, where: str) -> bool:
        """The line stands there since the channel was adopted, marked or not."""
        return any(e.metadata.get(UNHEARD) for e in await quoting(self.desk, number, where))

    async def _author(self, heard: Reworded) -> Actor:
        """Muster, where nobody says who deleted it."""
        if heard.by is not None:
            return await self.identity.actor(heard.by, heard.channel)
        return replace(SYSTEM, origin={"platform": "slack", "room": heard.channel})
