"""The Bot Connector, as far as Muster speaks: conversations, messages, members.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from bot.platforms.teams.addresses import THREAD
from bot.platforms.teams.client import Client
from bot.platforms.teams.errors import Paced
from bot.platforms.teams.wire import Answer

PATIENCE: Final = 2.0
"""Seconds a call waits for its turn; whoever has to wait longer goes back to the outbox."""

PAGE: Final = 500
NEW: Final = "new conversations"

Activity = Mapping[str, Any]


class Connector:
    """`served` says where a conversation, or anything, was last heard from; `service_url` is where
    the Connector is until then.

    `sleep` waits for a turn of at most two seconds; tests give their own.
    """

    def __init__(
        self,
        client: Client,
        *,
        app_id: str,
        tenant: str,
        service_url: str,
        served: Callable[[str], Awaitable[str]],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.client, self.tenant, self.service_url = client, tenant, service_url
        self.bot = {"id": f"28:{app_id}", "name": "Muster"}
        self._served, self._sleep = served, sleep

    # saying

    async def begin(self, channel: str, activity: Activity, *, service: str = "") -> str:
        """A new thread in a channel; the id of its first message. Raises DeliveryError."""
        said = await self._in_turn(
            "post into the channel",
            "POST",
            await self._url(service, about=channel),
            about=NEW,
            json={
                "isGroup": True,
                "bot": self.bot,
                "tenantId": self.tenant,
                "channelData": {"channel": {"id": channel}, "tenant": {"id": self.tenant}},
                "activity": activity,
            },
        )
        return str(said.get("activityId") or str(said["id"]).partition(THREAD)[2])

    async def personal(self, user: str, *, service: str = "") -> str:
        """The id of our personal chat with this user (object id in Entra, or `29:…`)."""
        said = await self._in_turn(
            "open a personal chat",
            "POST",
            await self._url(service),
            about=NEW,
            json={
                "isGroup": False,
                "bot": self.bot,
                "members": [{"id": user}],
                "tenantId": self.tenant,
                "channelData": {"tenant": {"id": self.tenant}},
            },
        )
        return str(said["id"])

    async def say(self, conversation: str, activity: Activity, *, service: str = "") -> str:
        """Into a thread or a chat; the message's id. Raises DeliveryError."""
        said = await self._in_turn(
            "post",
            "POST",
            await self._url(service, conversation, "activities"),
            about=conversation,
            json=activity,
        )
        return str(said.get("id") or "")

    async def update(
        self, conversation: str, message: str, activity: Activity, *, service: str = ""
    ) -> None:
        """Puts it in the place of an older message of ours. Raises DeliveryError."""
        await self._in_turn(
            "edit a message",
            "PUT",
            await self._url(service, conversation, "activities", message),
            about=conversation,
            json={**activity, "id": message},
        )

    # asking

    async def knock(self, conversation: str, *, service: str = "") -> None:
        """Whether the Connector hears us and answers; changes nothing. Raises DeliveryError."""
        await self.client.call(
            "look whether Teams answers",
            "GET",
            await self._url(service, conversation, "pagedmembers"),
            about=conversation,
            params={"pageSize": "50"},
        )

    async def member(self, conversation: str, user: str, *, service: str = "") -> Mapping[str, Any]:
        """Somebody of the conversation's roster, by either id. Raises DeliveryError."""
        found: Mapping[str, Any] = await self.client.call(
            "look somebody up",
            "GET",
            await self._url(service, conversation, "members", user),
            about=conversation,
        )
        return found

    async def members(self, conversation: str, *, service: str = "") -> AsyncIterator[Answer]:
        """Everybody in a chat, or in the team of a channel, as TeamsChannelAccounts."""
        token = ""
        while True:
            params = {"pageSize": str(PAGE), **({"continuationToken": token} if token else {})}
            said = await self.client.call(
                "list the members",
                "GET",
                await self._url(service, conversation, "pagedmembers"),
                about=conversation,
                params=params,
            )
            for one in said.get("members") or ():
                yield one
            token = str(said.get("continuationToken") or "")
            if not token:
                return

    async def group_of(self, team: str) -> str:
        """What Graph calls a team. Raises DeliveryError."""
        at = await self._served(team) or self.service_url
        url = f"{at.rstrip('/')}/v3/teams/{quote(team, safe='')}"
        said = await self.client.call("ask about a team", "GET", url, about=team)
        return str(said.get("aadGroupId") or "")

    async def _in_turn(self, what: str, method: str, url: str, *, about: str, json: Any) -> Answer:
        """Waits a little; a place that is further away is not taken."""
        seconds = self.client.pace.wait(about)
        if seconds > PATIENCE:
            raise Paced(what, seconds)
        if (seconds := self.client.pace.take(about)) > 0:
            await self._sleep(seconds)
        return await self.client.call(what, method, url, about=about, json=json)

    async def _url(self, service: str, *parts: str, about: str = "") -> str:
        """At the address that is given, or at which the conversation was last heard from."""
        at = service or await self._served(about or "".join(parts[:1])) or self.service_url
        return "/".join(
            [f"{at.rstrip('/')}/v3/conversations", *(quote(part, safe="") for part in parts)]
        )
