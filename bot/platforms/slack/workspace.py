"""The workspace the app is installed in, and what is read of it."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from bot.platforms.slack.client import Slack
from bot.platforms.slack.heard import Message
from bot.platforms.slack.payload import message_of

SCOPES: Final = {
    "users:read": "tell members from guests, bots and people of other workspaces",
    "users:read.email": "match people with people.yaml by their confirmed e-mail",
    "channels:history": "quote what is put into the timeline; find a post of our own",
    "groups:history": "the same in private rooms",
}


class Workspace:
    """Who we are is asked once; Slack may be away at the start."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack
        self._team = ""
        self._asking = asyncio.Lock()

    async def team(self) -> str:
        """The workspace's id. Raises DeliveryError."""
        async with self._asking:
            if not self._team:
                self._team = str((await self.slack.call("auth.test"))["team_id"])
        return self._team

    async def user(self, id: str) -> Mapping[str, Any]:
        """The user object. Raises DeliveryError."""
        found: Mapping[str, Any] = (await self.slack.call("users.info", user=id))["user"]
        return found

    async def message(self, channel: str, at: str) -> Message | None:
        """The message, with its permalink; None where it is gone. Raises DeliveryError."""
        span: dict[str, Any] = {"latest": at, "oldest": at, "inclusive": True, "limit": 2}
        found = await self.slack.call("conversations.history", channel=channel, **span)
        said = _with_time(found, at)
        if said is None:  # the history has no replies; these come after the head of their thread
            found = await self.slack.call("conversations.replies", channel=channel, ts=at, **span)
            said = _with_time(found, at)
        return message_of(said, channel) if said is not None else None

    async def permalink(self, message: Message) -> str:
        """Raises DeliveryError."""
        if message.permalink:
            return message.permalink
        found = await self.slack.call(
            "chat.getPermalink", channel=message.channel, message_ts=message.at
        )
        return str(found["permalink"])


def _with_time(found: Mapping[str, Any], at: str) -> Mapping[str, Any] | None:
    return next((one for one in found.get("messages") or () if one.get("ts") == at), None)
