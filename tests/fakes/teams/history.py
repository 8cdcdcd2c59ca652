"""What was said, as Graph tells it to an app that may read it.

https://learn.microsoft.com/graph/api/channel-list-messages
"""

import html
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tests.fakes.teams.refusal import Refusal
from tests.fakes.teams.state import Conversation, Json, Kind, Message

if TYPE_CHECKING:
    from tests.fakes.teams.graph import Graph

MOST: Final = 50


class History:
    """Newest first, a page at a time; with the team's own consent, or the tenant's."""

    def __init__(self, graph: "Graph") -> None:
        self.graph, self.teams = graph, graph.teams

    def channel(self, group: str, id: str, query: Json) -> tuple[int, Json]:
        self._may("ChannelMessage.Read.Group", "ChannelMessage.Read.All")
        room = self.graph.room(group, id)
        page = self._page(room, query, f"teams/{group}/channels/{id}")
        if query.get("$expand") == "replies":
            for one in page["value"]:
                replies = room.thread(one["id"])
                one["replies"] = [self._message(room, reply) for reply in reversed(replies)]
        return 200, page

    def chat(self, id: str, query: Json) -> tuple[int, Json]:
        self._may("ChatMessage.Read.Chat", "Chat.Read.All")
        room = self.teams.conversations.get(id)
        if room is None or room.kind is not Kind.GROUP:
            raise Refusal(404, "NotFound", "No chat found with Id " + id)
        return 200, self._page(room, query, f"chats/{id}")

    def _may(self, *names: str) -> None:
        if not (self.teams.rsc | self.graph.granted) & set(names):
            raise Refusal(403, "Forbidden", f"Missing role permissions: {names}")

    def _page(self, room: Conversation, query: Json, path: str) -> Json:
        top, begins = int(query.get("$top") or 20), int(query.get("$skiptoken") or 0)
        if not 0 < top <= MOST:
            raise Refusal(400, "BadRequest", f"$top is from 1 to {MOST}")
        every = [m for m in reversed(room.messages.values()) if not m.thread]
        page: Json = {"value": [self._message(room, m) for m in every[begins : begins + top]]}
        if begins + top < len(every):
            more = f"$top={top}&$skiptoken={begins + top}"
            if "$expand" in query:
                more += f"&$expand={query['$expand']}"
            page["@odata.nextLink"] = f"{self.teams.graph_url}/{path}/messages?{more}"
        return page

    def _message(self, room: Conversation, said: Message) -> Json:
        at = datetime.fromtimestamp(int(said.id) / 1000, UTC).isoformat()
        author = self.teams.users.get(said.by)
        by: Json = {"application": None, "user": None}
        if author is None:
            by["application"] = {"id": self.teams.login.app_id, "displayName": "Muster"}
        else:
            by["user"] = {"id": author.aad, "displayName": author.name}
        text, mentions = html.escape(said.text), []
        for number, entity in enumerate(said.activity.get("entities") or ()):
            who = self.teams.users.get(entity["mentioned"]["id"])
            name = entity["mentioned"]["name"]
            tag = f'<at id="{number}">{html.escape(name)}</at>'
            text = text.replace(html.escape(entity["text"]), tag, 1)
            user = {"id": who.aad, "displayName": name} if who else None
            bot = None if who else {"id": self.teams.login.app_id, "displayName": name}
            mentioned = {"user": user, "application": bot}
            mentions.append({"id": number, "mentionText": name, "mentioned": mentioned})
        return {
            "id": said.id,
            "replyToId": said.thread or None,
            "messageType": "message",
            "createdDateTime": at,
            "deletedDateTime": at if said.deleted else None,
            "webUrl": self.teams.link(room, said),
            "from": by,
            "body": {"contentType": "html", "content": f"<p>{text}</p>"},
            "mentions": mentions,
        }
