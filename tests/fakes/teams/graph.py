"""Microsoft Graph: teams, channels, chats, people and installed apps, with its delays.

https://learn.microsoft.com/graph/api/resources/teams-api-overview
"""

import re
from typing import TYPE_CHECKING, Final

from tests.fakes.teams.history import History
from tests.fakes.teams.refusal import Refusal, needs
from tests.fakes.teams.state import Conversation, Json, Kind, Team, User

if TYPE_CHECKING:
    from tests.fakes.teams.server import Teams

NAME: Final = 50
FORBIDDEN: Final = re.compile(r"[~#%&*{}+/\\:<>?|'\"]|^[_.]|\.\.|\.$")
"""https://learn.microsoft.com/microsoftteams/limits-specifications-teams#channel-names"""

NEEDS: Final[dict[str, frozenset[str]]] = {
    "read_channels": frozenset({"Channel.ReadBasic.All", "ChannelSettings.ReadWrite.All"}),
    "create_channel": frozenset({"Channel.Create", "Channel.Create.Group"}),
    "change_channel": frozenset(
        {"ChannelSettings.ReadWrite.All", "ChannelSettings.ReadWrite.Group"}
    ),
    "read_members": frozenset({"TeamMember.Read.All", "ChannelMember.Read.All"}),
    "read_users": frozenset({"User.Read.All", "User.ReadBasic.All"}),
    "create_chat": frozenset({"Chat.Create"}),
    "install": frozenset({"TeamsAppInstallation.ReadWriteSelfForUser.All"}),
}
"""Each takes any one of these; least privileges first in Microsoft's tables."""


class Graph:
    """`granted` are the app's permissions, all by default. `lag` says how many calls a fresh
    channel stays unseen, of the Connector's too: 404, as eventual consistency does."""

    def __init__(self, teams: "Teams") -> None:
        self.teams = teams
        self.granted = {name for names in NEEDS.values() for name in names}
        self.lag = 0
        self.catalog = "catalog-muster"
        self.history = History(self)
        self._unseen: dict[str, int] = {}

    def _may(self, what: str) -> None:
        if not self.granted & NEEDS[what]:
            raise Refusal(
                403, "Forbidden", f"Missing application permissions: {sorted(NEEDS[what])}"
            )

    # --- teams and channels ---

    def team(self, group: str) -> tuple[int, Json]:
        self._may("read_channels")
        team = self._team(group)
        return 200, {
            "id": team.group,
            "displayName": team.name,
            "internalId": team.id,
            "isArchived": team.is_archived,
        }

    def channels(self, group: str) -> tuple[int, Json]:
        self._may("read_channels")
        rooms = (self.teams.conversations[id] for id in self._team(group).channels)
        return 200, {"value": [_channel(room) for room in rooms if self.is_seen(room)]}

    def channel(self, group: str, id: str) -> tuple[int, Json]:
        self._may("read_channels")
        return 200, _channel(self.room(group, id))

    def create_channel(self, group: str, said: Json) -> tuple[int, Json]:
        self._may("create_channel")
        team = self._team(group)
        name = self._name(team, said)
        if said.get("membershipType", "standard") != "standard":
            raise Refusal(400, "BadRequest", "private and shared channels have an owner")
        room = self.teams.add_channel(name, team, told=True)
        room.topic = str(said.get("description") or "")
        if self.lag:
            self._unseen[room.id] = self.lag
        return 201, _channel(room)

    def change_channel(self, group: str, id: str, said: Json) -> tuple[int, Json]:
        self._may("change_channel")
        room = self.room(group, id)
        if "displayName" in said:
            self.teams.rename_channel(room, self._name(self._team(group), said, but=room.id))
        room.topic = str(said.get("description", room.topic))
        return 204, {}

    def archive(self, group: str, id: str, said: Json) -> tuple[int, Json]:
        return self._archived(group, id, True)

    def unarchive(self, group: str, id: str, said: Json) -> tuple[int, Json]:
        return self._archived(group, id, False)

    def _archived(self, group: str, id: str, is_archived: bool) -> tuple[int, Json]:
        self._may("change_channel")
        room = self.room(group, id)
        if room.id == self._team(group).id:
            raise Refusal(400, "BadRequest", "The General channel cannot be archived.")
        if room.is_archived is is_archived:
            word = "archived" if is_archived else "active"
            raise Refusal(400, "BadRequest", f"The channel is already {word}.")
        room.is_archived = is_archived
        return 202, {}

    def _name(self, team: Team, said: Json, but: str = "") -> str:
        name = said.get("displayName")
        if not isinstance(name, str) or not 0 < len(name) <= NAME or FORBIDDEN.search(name):
            raise Refusal(400, "BadRequest", f"displayName {name!r} is not a channel's")
        others = (self.teams.conversations[id] for id in team.channels if id != but)
        if any(other.name.lower() == name.lower() for other in others):  # deleted ones too
            raise Refusal(
                400, "BadRequest", "NameAlreadyExists: Channel name already existed, please use"
            )
        return name

    def members(self, group: str, *_: str) -> tuple[int, Json]:
        self._may("read_members")
        users = [self.teams.users[id] for id in self._team(group).members]
        return 200, {
            "value": [
                {
                    "id": f"member-{user.aad}",
                    "userId": user.aad,
                    "displayName": user.name,
                    "email": user.email,
                    "tenantId": user.tenant,
                    "roles": ["guest"] if str(user.role) == "guest" else [],
                }
                for user in users
            ]
        }

    # --- chats, people, apps ---

    def create_chat(self, said: Json) -> tuple[int, Json]:
        self._may("create_chat")
        needs(said, "chatType", "members")
        if said["chatType"] not in ("group", "oneOnOne"):
            raise Refusal(400, "BadRequest", "chatType")
        users = [self._bound_user(member) for member in said["members"]]
        apps = [app.get("teamsApp@odata.bind", "") for app in said.get("installedApps") or ()]
        installed = any(app.endswith(self.catalog) for app in apps)
        room = self.teams.add_chat(str(said.get("topic") or ""), *users, has_bot=installed)
        if self.lag:
            self._unseen[room.id] = self.lag
        return 201, {"id": room.id, "topic": room.name, "chatType": said["chatType"]}

    def _bound_user(self, member: Json) -> User:
        bound = str(member.get("user@odata.bind") or "")
        if not (found := re.search(r"users[/(]'?([^')]+)'?\)?$", bound)):
            raise Refusal(400, "BadRequest", f"user@odata.bind {bound!r}")
        return self._user(found[1])

    def add_chat_member(self, chat: str, said: Json) -> tuple[int, Json]:
        self._may("create_chat")
        room, user = self._chat(chat), self._bound_user(said)
        if user.id not in room.members:
            room.members.append(user.id)
        return 201, {"id": f"member-{user.aad}", "userId": user.aad}

    def change_chat(self, chat: str, said: Json) -> tuple[int, Json]:
        self._may("create_chat")
        room = self._chat(chat)
        room.name = str(said.get("topic") or "")
        return 200, {"id": room.id, "topic": room.name}

    def user(self, id: str) -> tuple[int, Json]:
        self._may("read_users")
        user = self._user(id)
        return 200, {
            "id": user.aad,
            "displayName": user.name,
            "mail": user.email,
            "userPrincipalName": user.upn,
            "userType": "Guest" if str(user.role) == "guest" else "Member",
        }

    def users(self, query: Json) -> tuple[int, Json]:
        """`$filter=mail eq 'ann@example.com'`, or the same of userPrincipalName."""
        self._may("read_users")
        wanted = re.findall(r"(mail|userPrincipalName) eq '([^']*)'", query.get("$filter", ""))
        if not wanted:
            raise Refusal(400, "Request_BadRequest", "Unsupported or missing $filter")
        found = [
            user
            for user in self.teams.users.values()
            if any(
                (user.email if by == "mail" else user.upn).lower() == what.lower()
                for by, what in wanted
            )
        ]
        return 200, {"value": [self.user(user.aad)[1] for user in found]}

    def install(self, id: str, said: Json) -> tuple[int, Json]:
        self._may("install")
        user = self._user(id)
        if not str(said.get("teamsApp@odata.bind", "")).endswith(self.catalog):
            raise Refusal(400, "BadRequest", "teamsApp@odata.bind names another app")
        if user.id in self.teams.installed_for:
            raise Refusal(409, "Conflict", "App is already installed.")
        self.teams.install_for(user.id)
        return 201, {}

    def installed(self, id: str, query: Json) -> tuple[int, Json]:
        self._may("install")
        user = self._user(id)
        there = user.id in self.teams.installed_for
        apps = [{"id": f"install-{user.aad}", "teamsApp": {"externalId": self.teams.login.app_id}}]
        return 200, {"value": apps if there else []}

    def catalog_apps(self, query: Json) -> tuple[int, Json]:
        wanted = self.teams.login.app_id in query.get("$filter", self.teams.login.app_id)
        app = {"id": self.catalog, "externalId": self.teams.login.app_id, "displayName": "Muster"}
        return 200, {"value": [app] if wanted else []}

    # --- what they share ---

    def _team(self, group: str) -> Team:
        for team in self.teams.teams.values():
            if team.group == group:
                return team
        raise Refusal(404, "NotFound", "No team found with Group Id " + group)

    def room(self, group: str, id: str) -> Conversation:
        room = self.teams.conversations.get(id)
        if id not in self._team(group).channels or room is None or not self.is_seen(room):
            raise Refusal(404, "NotFound", "No channel found with Id " + id)
        return room

    def is_seen(self, room: Conversation) -> bool:
        if (left := self._unseen.get(room.id, 0)) > 0:
            self._unseen[room.id] = left - 1
            return False
        return not room.is_deleted

    def _chat(self, id: str) -> Conversation:
        room = self.teams.conversations.get(id)
        if room is None or room.kind is not Kind.GROUP:
            raise Refusal(404, "NotFound", "No chat found with Id " + id)
        return room

    def _user(self, id: str) -> User:
        for user in self.teams.users.values():
            if id in (user.aad, user.upn, user.email):
                return user
        raise Refusal(404, "Request_ResourceNotFound", f"Resource '{id}' does not exist.")


def _channel(room: Conversation) -> Json:
    told: Json = {"id": room.id, "displayName": room.name, "description": room.topic}
    return {**told, "membershipType": "standard", "isArchived": room.is_archived}
