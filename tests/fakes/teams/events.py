"""What happens to a bot that nobody said to it: installed, removed, renamed, archived.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/subscribe-to-conversation-events
"""

from typing import TYPE_CHECKING, Any

from tests.fakes.teams import activities
from tests.fakes.teams.outward import Ack
from tests.fakes.teams.state import Conversation, Json, Team, User

if TYPE_CHECKING:
    from tests.fakes.teams.server import Teams


class Events:
    """Each does it, and tells the bot; `by` is who did it."""

    def __init__(self, teams: "Teams") -> None:
        self.teams = teams

    async def installs(self, by: User, team: Team | None = None) -> Ack:
        """For the user alone, or into a team."""
        if team is None:
            room = self.teams.install_for(by.id)
        else:
            team.has_bot = True
            room = self.teams.conversations[team.id]
        bot = [{"id": self.teams.bot_id}]
        await self._tell("conversationUpdate", by, room, membersAdded=bot)
        return await self._tell("installationUpdate", by, room, action="add")

    async def removes(self, by: User, team: Team | None = None) -> Ack:
        """The last thing a bot hears of it."""
        room = self.teams.conversations[team.id] if team else self.teams.personal(by.id)
        if team is None:
            self.teams.installed_for.discard(by.id)
        else:
            team.has_bot = False
        bot = [{"id": self.teams.bot_id}]
        await self._tell("conversationUpdate", by, room, membersRemoved=bot)
        return await self._tell("installationUpdate", by, room, action="remove")

    async def creates_channel(self, by: User, team: Team, name: str) -> Conversation:
        room = self.teams.add_channel(name, team)
        await self._channel(by, room, "channelCreated")
        return room

    async def renames_channel(self, by: User, room: Conversation, name: str) -> Ack:
        room.name = name
        return await self._channel(by, room, "channelRenamed")

    async def deletes_channel(self, by: User, room: Conversation) -> Ack:
        room.is_deleted = True
        return await self._channel(by, room, "channelDeleted")

    async def restores_channel(self, by: User, room: Conversation) -> Ack:
        room.is_deleted = False
        return await self._channel(by, room, "channelRestored")

    async def renames_team(self, by: User, team: Team, name: str) -> Ack:
        team.name = name
        return await self._team(by, team, "teamRenamed")

    async def archives_team(self, by: User, team: Team, *, back: bool = False) -> Ack:
        team.is_archived = not back
        return await self._team(by, team, "teamUnarchived" if back else "teamArchived")

    async def adds_member(self, by: User, team: Team, user: User) -> Ack:
        team.members.append(user.id)
        room = self.teams.conversations[team.id]
        added = [{"id": user.id, "aadObjectId": user.aad}]
        data = {"eventType": "teamMemberAdded"}
        return await self._tell("conversationUpdate", by, room, data, membersAdded=added)

    async def removes_member(self, by: User, team: Team, user: User) -> Ack:
        team.members.remove(user.id)
        room = self.teams.conversations[team.id]
        gone = [{"id": user.id, "aadObjectId": user.aad}]
        data = {"eventType": "teamMemberRemoved"}
        return await self._tell("conversationUpdate", by, room, data, membersRemoved=gone)

    async def _channel(self, by: User, room: Conversation, event: str) -> Ack:
        data: Json = {"eventType": event, "channel": {"id": room.id, "name": room.name}}
        return await self._tell("conversationUpdate", by, room, data)

    async def _team(self, by: User, team: Team, event: str) -> Ack:
        room = self.teams.conversations[team.id]
        data: Json = {"eventType": event, "team": {"id": team.id, "name": team.name}}
        return await self._tell("conversationUpdate", by, room, data)

    async def _tell(
        self, kind: str, by: User, room: Conversation, data: Json | None = None, **more: Any
    ) -> Ack:
        made = activities.envelope(self.teams, kind, by, room, **more)
        made["channelData"] |= data or {}
        made["channelData"].setdefault("settings", {"selectedChannel": {"id": room.id}})
        return await self.teams.outward.send(made)
