"""The Bot Connector: conversations and activities.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

from typing import TYPE_CHECKING, Any

from tests.fakes.teams.judge import judge_activity
from tests.fakes.teams.refusal import Refusal, bad, needs
from tests.fakes.teams.state import THREAD, Conversation, Json, Kind, Message, User

if TYPE_CHECKING:
    from tests.fakes.teams.server import Teams

LEAST_PAGE, MOST_PAGE = 50, 500


class Connector:
    """Each method answers (status, body); Refusal where it does not."""

    def __init__(self, teams: "Teams") -> None:
        self.teams = teams
        self.smallest_page = LEAST_PAGE

    # --- conversations ---

    def create(self, said: Json) -> tuple[int, Json]:
        """A personal chat, a group chat, or a thread in a channel."""
        channel = ((said.get("channelData") or {}).get("channel") or {}).get("id")
        if channel:
            return self._create_thread(str(channel), said)
        members = said.get("members")
        if not isinstance(members, list) or not members:
            raise bad("members or channelData.channel.id is required")
        tenant = said.get("tenantId") or ((said.get("channelData") or {}).get("tenant") or {}).get(
            "id"
        )
        if tenant != self.teams.tenant:
            raise Refusal(403, "ForbiddenOperation", "The tenant is not the bot's.")
        users = [self.teams.find_user(str(member.get("id"))) for member in members]
        if len(users) > 1 or said.get("isGroup"):
            raise bad("a bot creates no group chats; Graph does")
        user = users[0]
        if user is None:
            raise bad("the member is nobody's id")
        if user.id not in self.teams.installed_for:
            raise Refusal(403, "ForbiddenOperation", "The bot is not installed for this user.")
        personal = self.teams.personal(user.id)
        answer = {"id": personal.id, "serviceUrl": self.teams.service_url}
        if said.get("activity"):
            message = self._say(personal, "", said["activity"])
            answer["activityId"] = message.id
        return 201, answer

    def _create_thread(self, channel: str, said: Json) -> tuple[int, Json]:
        needs(said, "activity")
        if said.get("isGroup") is not True:
            raise bad("a thread in a channel is created with isGroup")
        room = self._room(channel.partition(THREAD)[0])
        if room.kind is not Kind.CHANNEL:
            raise bad("channelData.channel.id is no channel")
        message = self._say(room, "", said["activity"])
        return 201, {"id": f"{room.id}{THREAD}{message.id}", "activityId": message.id}

    # --- activities ---

    def send(self, conversation: str, said: Json) -> tuple[int, Json]:
        room, thread = self._at(conversation)
        return 201, {"id": self._say(room, thread, said).id}

    def reply(self, conversation: str, activity: str, said: Json) -> tuple[int, Json]:
        room, thread = self._at(conversation)
        answered = self._message(room, activity)
        if room.kind is Kind.CHANNEL:
            thread = thread or answered.thread or answered.id
        return 201, {"id": self._say(room, thread, said).id}

    def update(self, conversation: str, activity: str, said: Json) -> tuple[int, Json]:
        room, _ = self._at(conversation)
        message = self._message(room, activity)
        if message.by != self.teams.bot_id:
            raise Refusal(403, "ForbiddenOperation", "Only what the bot said can be updated.")
        self._open_for_writing(room)
        judged = judge_activity(said)
        if said.get("id") not in (None, activity):
            raise bad("id is another one than in the address")
        message.was.append(message.activity)
        message.activity = judged
        return 200, {"id": message.id}

    def delete(self, conversation: str, activity: str) -> tuple[int, Json]:
        room, _ = self._at(conversation)
        message = self._message(room, activity)
        if message.by != self.teams.bot_id:
            raise Refusal(403, "ForbiddenOperation", "Only what the bot said can be deleted.")
        message.deleted = True
        return 200, {}

    # --- members ---

    def members(self, conversation: str) -> tuple[int, Any]:
        return 200, [user.as_member() for user in self._roster(conversation)]

    def member(self, conversation: str, id: str) -> tuple[int, Json]:
        """By Teams id, or by object id in Entra."""
        for user in self._roster(conversation):
            if id in (user.id, user.aad):
                return 200, user.as_member()
        raise Refusal(404, "MemberNotFoundInConversation", "The user is not in the conversation.")

    def paged(self, conversation: str, query: Json) -> tuple[int, Json]:
        size = int(query.get("pageSize") or 200)
        size = min(max(size, self.smallest_page), MOST_PAGE)
        begins = int(query.get("continuationToken") or 0)
        users = self._roster(conversation)
        page: Json = {"members": [user.as_member() for user in users[begins : begins + size]]}
        if begins + size < len(users):
            page["continuationToken"] = str(begins + size)
        return 200, page

    def _roster(self, conversation: str) -> list[User]:
        room, _ = self._at(conversation)
        ids = self.teams.teams[room.team].members if room.team else room.members
        return [self.teams.users[id] for id in ids]

    # --- teams ---

    def team(self, id: str) -> tuple[int, Json]:
        team = self._team(id)
        return 200, {"id": team.id, "name": team.name, "aadGroupId": team.group}

    def channels(self, id: str) -> tuple[int, Json]:
        team = self._team(id)
        rooms = [self.teams.conversations[channel] for channel in team.channels]
        listed = [{"id": room.id, "name": room.name} for room in rooms if not room.is_deleted]
        for one in listed:
            if one["id"] == team.id:
                one["name"] = ""  # General has no name here
        return 200, {"conversations": listed}

    def _team(self, id: str) -> Any:
        team = self.teams.teams.get(id)
        if team is None or not team.has_bot:
            raise Refusal(404, "NotFound", "There is no such team, or the bot is not in it.")
        return team

    # --- what they share ---

    def _at(self, conversation: str) -> tuple[Conversation, str]:
        """The conversation, and the id of the thread's root if one is named."""
        base, _, root = conversation.partition(THREAD)
        room = self._room(base)
        if root and room.kind is not Kind.CHANNEL:
            raise bad("only channels have threads")
        if root and root not in room.messages:
            raise Refusal(404, "ConversationNotFound", "Conversation not found.")
        return room, root

    def _room(self, id: str) -> Conversation:
        room = self.teams.conversations.get(id)
        if room is None or not self.teams.graph.is_seen(room):
            raise Refusal(404, "ConversationNotFound", "Conversation not found.")
        if not self.teams.bot_is_in(room):
            raise Refusal(
                403, "BotNotInConversationRoster", "The bot is not part of the conversation roster."
            )
        return room

    def _message(self, room: Conversation, id: str) -> Message:
        message = room.messages.get(id)
        if message is None or message.deleted:
            raise Refusal(404, "ActivityNotFoundInConversation", "The activity was not found.")
        return message

    def _open_for_writing(self, room: Conversation) -> None:
        team = self.teams.teams.get(room.team)
        if room.is_archived or (team is not None and team.is_archived):
            raise Refusal(403, "ForbiddenOperation", "The channel is archived.")
        if room.blocked_by:
            raise Refusal(403, "MessageWritesBlocked", "The user blocked the conversation.")

    def _say(self, room: Conversation, thread: str, said: Any) -> Message:
        self._open_for_writing(room)
        judged = judge_activity(said)
        answered = judged.get("replyToId")
        if answered and answered not in room.messages:
            raise bad(f"replyToId {answered!r} is no message here")
        return self.teams.post(room, self.teams.bot_id, judged, thread=thread)
