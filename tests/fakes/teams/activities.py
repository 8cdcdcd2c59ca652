"""Activities as Teams writes them.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/conversation-messages
"""

import html
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.fakes.teams.state import THREAD, Conversation, Json, Kind, Message, User

if TYPE_CHECKING:
    from tests.fakes.teams.server import Teams


def envelope(
    teams: "Teams", kind: str, by: User, room: Conversation, thread: str = "", **more: Any
) -> Json:
    """What every activity has. `thread` is the root's id."""
    at = datetime.fromtimestamp(teams.now(), UTC).isoformat(timespec="milliseconds")
    at = at.replace("+00:00", "Z")
    said: Json = {
        "type": kind,
        "id": teams.new_id(),
        "timestamp": at,
        "localTimestamp": at,
        "localTimezone": by.zone,
        "serviceUrl": teams.service_url,
        "channelId": "msteams",
        "from": by.as_account(),
        "conversation": conversation(teams, room, thread),
        "recipient": {"id": teams.bot_id, "name": teams.bot_name},
        "entities": [client(by)],
        "channelData": channel_data(teams, room),
        "locale": "en-US",
    }
    return said | more


def conversation(teams: "Teams", room: Conversation, thread: str = "") -> Json:
    said: Json = {"conversationType": str(room.kind), "tenantId": teams.tenant, "id": room.id}
    if room.kind is Kind.CHANNEL and thread:
        said["id"] = room.id + THREAD + thread
    if room.kind is not Kind.PERSONAL:
        said["isGroup"] = True
    if room.kind is Kind.GROUP and room.name:
        said["name"] = room.name
    return said


def client(by: User) -> Json:
    return {
        "type": "clientInfo",
        "locale": "en-US",
        "country": "US",
        "platform": "Web",
        "timezone": by.zone,
    }


def channel_data(teams: "Teams", room: Conversation) -> Json:
    data: Json = {"tenant": {"id": teams.tenant}}
    if room.kind is Kind.CHANNEL:
        data |= {
            "teamsChannelId": room.id,
            "teamsTeamId": room.team,
            "channel": {"id": room.id},
            "team": {"id": room.team},
        }
    return data


def message(teams: "Teams", said: Message, by: User, room: Conversation, **more: Any) -> Json:
    """Somebody's message: the text, and the HTML that Teams sends beside it."""
    written = said.activity
    made = envelope(teams, "message", by, room, said.thread or said.id, **more)
    named = written.get("entities") or []
    as_html = html.escape(said.text)
    for number, entity in enumerate(named):
        span = (
            f'<span itemtype="http://schema.skype.com/Mention" itemscope itemid="{number}">'
            f"{html.escape(entity['mentioned']['name'])}</span>"
        )
        as_html = as_html.replace(html.escape(entity["text"]), span, 1)
    return made | {
        "id": said.id,
        "textFormat": "plain",
        "text": said.text,
        "attachments": [{"contentType": "text/html", "content": f"<p>{as_html}</p>"}],
        "entities": [*named, *made["entities"]],
        **more,
    }


def payload(teams: "Teams", said: Message, room: Conversation) -> Json:
    """`messagePayload`: the message that a message action is called on.
    https://learn.microsoft.com/microsoftteams/platform/messaging-extensions/how-to/action-commands/create-task-module#payload-activity-properties-when-a-task-module-is-invoked-from-a-message
    """
    author = teams.users.get(said.by)
    written = datetime.fromtimestamp(int(said.id) / 1000, UTC)
    by: Json = {"device": None, "conversation": None, "user": None, "application": None}
    if author is not None:
        by["user"] = {
            "userIdentityType": "aadUser",
            "id": author.aad,
            "displayName": author.name,
        }
    else:
        by["application"] = {"id": teams.bot_id, "applicationIdentityType": "bot"}
    return {
        "linkToMessage": teams.link(room, said),
        "id": said.id,
        "replyToId": said.thread or None,
        "createdDateTime": written.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "lastModifiedDateTime": None,
        "deleted": said.deleted,
        "importance": "normal",
        "locale": "en-us",
        "body": {"contentType": "html", "content": f"<div>{html.escape(said.text)}</div>"},
        "from": by,
        "reactions": [],
        "mentions": [],
        "attachments": [],
        "conversation": None,
    }
