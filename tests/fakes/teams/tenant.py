"""The tenant's things, and how they change; the bot is told of what concerns it.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/subscribe-to-conversation-events
"""

from collections.abc import Callable
from typing import Any

from tests.fakes.teams.state import (
    TENANT,
    Conversation,
    Json,
    Kind,
    Message,
    Team,
    User,
    guid,
)


class Tenant:
    """`installed_for` are the ids of those in whose personal chats the bot is."""

    def __init__(self, now: Callable[[], float], stir: Callable[[], None]) -> None:
        self.now, self.stir = now, stir
        self.tenant = TENANT
        self.bot_id = ""
        self.users: dict[str, User] = {}
        self.conversations: dict[str, Conversation] = {}
        self.teams: dict[str, Team] = {}
        self.installed_for: set[str] = set()
        self.rsc: set[str] = set()
        self._latest = 0
        self._made = 0

    def new_id(self) -> str:
        """Milliseconds, and never the same twice."""
        self._latest = max(self._latest + 1, int(self.now() * 1000))
        return str(self._latest)

    def thread_id(self, name: str) -> str:
        self._made += 1
        return f"19:{guid(f'{name}-{self._made}').replace('-', '')}@thread.tacv2"

    # --- people ---

    def add_user(self, name: str, *, installed: bool = True, **rest: Any) -> User:
        """`name` as in `Ann`; ids are made from it. `installed`: they have the bot themselves."""
        made: Json = {"id": f"29:{name.lower()}", "aad": guid(name.lower()), "name": name.title()}
        user = User(**{**made, **rest})
        self.users[user.id] = user
        if installed:
            self.install_for(user.id)
        return user

    def find_user(self, id: str) -> User | None:
        """By Teams id or by object id in Entra."""
        return next((u for u in self.users.values() if id in (u.id, u.aad)), None)

    def install_for(self, user: str) -> Conversation:
        self.installed_for.add(user)
        return self.personal(user)

    def personal(self, user: str) -> Conversation:
        if user not in self.installed_for:
            raise KeyError(f"the bot is not installed for {user}")
        id = f"a:{guid('personal ' + user).replace('-', '')}"
        if id not in self.conversations:
            self.conversations[id] = Conversation(id, Kind.PERSONAL, "", [user])
        return self.conversations[id]

    # --- teams, channels, chats ---

    def add_team(self, name: str, *members: User, has_bot: bool = True) -> Team:
        """With its General channel, whose id is the team's."""
        id = self.thread_id(name)
        team = Team(id, guid(f"group {name}"), name, [one.id for one in members], has_bot=has_bot)
        self.teams[id] = team
        self._channel(id, "General", team)
        return team

    def add_channel(self, name: str, team: Team, *, told: bool = False) -> Conversation:
        """Made before anything began, unless `told`."""
        return self._channel(self.thread_id(name), name, team)

    def _channel(self, id: str, name: str, team: Team) -> Conversation:
        room = Conversation(id, Kind.CHANNEL, name, team=team.id)
        self.conversations[id] = room
        team.channels.append(id)
        return room

    def add_chat(self, name: str, *members: User, has_bot: bool = True) -> Conversation:
        id = self.thread_id(name).replace("@thread.tacv2", "@thread.v2")
        ids = [one.id for one in members]
        room = Conversation(id, Kind.GROUP, name, ids, has_bot=has_bot)
        self.conversations[id] = room
        return room

    def room(self, name: str) -> Conversation:
        """By name or id; KeyError names those there are."""
        for room in self.conversations.values():
            if name in (room.name, room.id):
                return room
        raise KeyError(name, [room.name for room in self.conversations.values()])

    def rename_channel(self, room: Conversation, name: str) -> None:
        room.name = name

    def bot_is_in(self, room: Conversation) -> bool:
        if room.kind is Kind.CHANNEL:
            return self.teams[room.team].has_bot
        if room.kind is Kind.PERSONAL:
            return room.members[0] in self.installed_for
        return room.has_bot

    # --- what is said ---

    def post(self, room: Conversation, by: str, activity: Json, *, thread: str = "") -> Message:
        message = Message(self.new_id(), room.id, by, activity, thread)
        room.messages[message.id] = message
        self.stir()
        return message

    def link(self, room: Conversation, said: Message) -> str:
        return f"https://teams.microsoft.com/l/message/{room.id}/{said.id}"

    def said_in(self, room: Conversation) -> list[Message]:
        """What the bot said there for everybody, in threads or not, the oldest first."""
        messages = room.messages.values()
        return [m for m in messages if m.by == self.bot_id and not m.deleted]
