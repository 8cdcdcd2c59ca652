"""Microsoft Graph, where it is granted: what a bot cannot do, an app may.

https://learn.microsoft.com/graph/api/resources/teams-api-overview
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from bot.platforms.teams.client import Client
from bot.platforms.teams.errors import Paced, TeamsRefused
from bot.platforms.teams.wire import Answer

PERMISSIONS: Final[Mapping[str, str]] = {
    "Channel.Create": "open a channel for each incident",
    "ChannelSettings.ReadWrite.All": "rename, describe, archive and reopen these channels",
    "Chat.Create": "open a group chat for a private incident",
    "Chat.ReadWrite.All": "bring people into such a chat later",
    "TeamsAppInstallation.ReadWriteSelfForUser.All": "install Muster for whoever must be paged",
    "User.ReadBasic.All": "find people by the e-mail in people.yaml who are not in the team",
}
"""Application permission → what is lost without it."""

GRAPH: Final = "graph"
PAGE: Final = 50
PATIENCE: Final = 2.0

Said = Mapping[str, Any]
"""A chatMessage of Graph's."""

_USERS: Final = "https://graph.microsoft.com/v1.0/users"
_CATALOG: Final = "https://graph.microsoft.com/v1.0/appCatalogs/teamsApps"


class Graph:
    """`team` is the group id of the team whose channels are rooms; `app` the app's catalog id."""

    def __init__(self, client: Client, *, url: str, team: str, app: str) -> None:
        self.client, self._base, self.team, self.app = client, url.rstrip("/"), team, app

    # channels

    async def create_channel(self, name: str, description: str) -> Mapping[str, Any]:
        """https://learn.microsoft.com/graph/api/channel-post"""
        said = {"displayName": name, "description": description, "membershipType": "standard"}
        made: Mapping[str, Any] = await self._call(
            "create a channel", "POST", self._channels(), json=said
        )
        return made

    async def channels(self) -> Sequence[Mapping[str, Any]]:
        found = await self._call("list the channels", "GET", self._channels())
        return list(found.get("value") or ())

    async def change_channel(self, id: str, **changes: str) -> None:
        await self._call("change a channel", "PATCH", self._channels(id), json=changes)

    async def archive(self, id: str) -> None:
        """https://learn.microsoft.com/graph/api/channel-archive"""
        await self._unless_so("archive a channel", self._channels(id, "archive"), "archived")

    async def unarchive(self, id: str) -> None:
        await self._unless_so("reopen a channel", self._channels(id, "unarchive"), "active")

    async def _unless_so(self, what: str, url: str, word: str) -> None:
        try:
            await self._call(what, "POST", url, json={})
        except TeamsRefused as refused:
            if refused.http != 400 or f"already {word}" not in refused.said:
                raise

    async def channel_messages(self, group: str, channel: str, most: int) -> Sequence[Said]:
        """What stands in a channel of this team, with the replies, the newest first.

        https://learn.microsoft.com/graph/api/channel-list-messages
        """
        url = f"{self._base}/teams/{quote(group, safe='')}/channels/{quote(channel, safe='')}"
        return await self._messages(f"{url}/messages", most, {"$expand": "replies"})

    async def chat_messages(self, chat: str, most: int) -> Sequence[Said]:
        """https://learn.microsoft.com/graph/api/chat-list-messages"""
        url = f"{self._base}/chats/{quote(chat, safe='')}/messages"
        return await self._messages(url, most, {})

    async def _messages(self, url: str, most: int, params: Mapping[str, str]) -> Sequence[Said]:
        found: list[Said] = []
        asks: Mapping[str, str] | None = {"$top": str(PAGE), **params}
        while url and len(found) < most:
            said = await self._call("read what was said", "GET", url, params=asks)
            found += said.get("value") or ()
            url, asks = str(said.get("@odata.nextLink") or ""), None
            if not url.startswith(self._base):  # our token goes nowhere else
                break
        return found

    # chats

    async def create_chat(self, topic: str, users: Sequence[str]) -> str:
        """A group chat with these people and with us; its id.

        https://learn.microsoft.com/graph/api/chat-post
        """
        said = {
            "chatType": "group",
            "topic": topic,
            "members": [_member(user) for user in users],
            "installedApps": [{"teamsApp@odata.bind": f"{_CATALOG}/{self.app}"}],
        }
        made = await self._call("open a group chat", "POST", f"{self._base}/chats", json=said)
        return str(made["id"])

    async def add_to_chat(self, chat: str, user: str) -> None:
        """https://learn.microsoft.com/graph/api/chat-post-members"""
        url = f"{self._base}/chats/{quote(chat, safe='')}/members"
        try:
            await self._call("bring somebody into the chat", "POST", url, json=_member(user))
        except TeamsRefused as refused:
            if refused.http not in (400, 409) or "already" not in refused.said.lower():
                raise

    # people

    async def install_for(self, user: str) -> None:
        """https://learn.microsoft.com/graph/api/userteamwork-post-installedapps"""
        url = f"{self._base}/users/{quote(user, safe='')}/teamwork/installedApps"
        said = {"teamsApp@odata.bind": f"{_CATALOG}/{self.app}"}
        try:
            await self._call("install Muster for somebody", "POST", url, json=said)
        except TeamsRefused as refused:
            if refused.http != 409:
                raise

    async def user_by_mail(self, email: str) -> str:
        """The object id of whoever has this address; nothing where nobody has."""
        quoted = email.replace("'", "''")
        found = await self._call(
            "find somebody by e-mail",
            "GET",
            f"{self._base}/users",
            params={"$filter": f"mail eq '{quoted}'", "$select": "id,userType"},
        )
        members = [one for one in found.get("value") or () if one.get("userType") != "Guest"]
        return str(members[0]["id"]) if len(members) == 1 else ""

    async def _call(
        self,
        what: str,
        method: str,
        url: str,
        *,
        json: Any = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        """Raises DeliveryError; Paced where Graph asked us to wait, and has not waited yet."""
        if (seconds := self.client.pace.wait(GRAPH)) > PATIENCE:
            raise Paced(what, seconds)
        return await self.client.call(what, method, url, about=GRAPH, json=json, params=params)

    def _channels(self, *parts: str) -> str:
        rest = "".join(f"/{quote(part, safe='')}" for part in parts)
        return f"{self._base}/teams/{quote(self.team, safe='')}/channels{rest}"


def _member(user: str) -> dict[str, Any]:
    """Everybody is an owner, so that nobody is stuck in a chat that its owner left."""
    return {
        "@odata.type": "#microsoft.graph.aadUserConversationMember",
        "roles": ["owner"],
        "user@odata.bind": f"{_USERS}('{user}')",
    }
