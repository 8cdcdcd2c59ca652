"""What a workspace holds, and how Slack writes each thing as JSON."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = dict[str, Any]


class Kind(StrEnum):
    PUBLIC = "channel"
    PRIVATE = "group"
    IM = "im"


@dataclass
class User:
    """https://docs.slack.dev/reference/objects/user-object"""

    id: str
    name: str
    real_name: str
    team_id: str
    email: str = ""
    email_confirmed: bool = True
    zone: str = "Europe/Copenhagen"
    is_bot: bool = False
    deleted: bool = False
    is_guest: bool = False
    bot_id: str = ""

    def as_json(self, *, with_email: bool) -> Json:
        profile = {"real_name": self.real_name, "display_name": self.name}
        return {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": self.deleted,
            "tz": self.zone,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "is_email_confirmed": self.email_confirmed,
            "is_admin": False,
            "is_owner": False,
            "is_restricted": self.is_guest,
            "is_ultra_restricted": False,
            "profile": {
                **profile,
                **({"email": self.email} if with_email and self.email else {}),
                **({"bot_id": self.bot_id} if self.is_bot else {}),
            },
        }


@dataclass
class Message:
    """https://docs.slack.dev/reference/events/message"""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str = ""
    broadcast: bool = False
    subtype: str = ""
    bot: Json = field(default_factory=dict)
    edited: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[Json] = field(default_factory=list)
    pinned: bool = False
    unfurls: bool = False
    seen_by: str = ""
    """Whom an ephemeral message is shown to."""
    was: list[tuple[str, list[Json]]] = field(default_factory=list)
    """Text and blocks before each edit, the oldest first."""
    key: str = ""
    """The `client_msg_id` it was posted by."""

    @property
    def in_thread(self) -> bool:
        return bool(self.thread_ts) and self.thread_ts != self.ts

    @property
    def top_level(self) -> bool:
        """Seen in the channel itself, and said by somebody."""
        return (not self.in_thread or self.broadcast) and self.subtype in ("", "file_share")

    @property
    def all_blocks(self) -> list[Json]:
        return self.blocks + [
            block for attachment in self.attachments for block in attachment.get("blocks", [])
        ]

    def as_json(self, *, with_metadata: bool = False) -> Json:
        said: Json = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts}
        optional = {
            "subtype": self.subtype,
            "thread_ts": self.thread_ts,
            "blocks": self.blocks,
            "attachments": self.attachments,
            "edited": self.edited,
            "files": self.files,
            "client_msg_id": self.key,
            "metadata": self.metadata if with_metadata else None,
            "reactions": [
                {"name": name, "users": list(users), "count": len(users)}
                for name, users in self.reactions.items()
            ],
            "pinned_to": [self.channel] if self.pinned else [],
        }
        return said | self.bot | {name: value for name, value in optional.items() if value}


@dataclass
class Note:
    """A topic or a purpose."""

    value: str = ""
    creator: str = ""
    last_set: int = 0

    def as_json(self) -> Json:
        return {"value": self.value, "creator": self.creator, "last_set": self.last_set}


@dataclass
class Channel:
    """https://docs.slack.dev/reference/objects/conversation-object"""

    id: str
    name: str
    kind: Kind
    creator: str
    created: int
    members: list[str] = field(default_factory=list)
    is_archived: bool = False
    topic: Note = field(default_factory=Note)
    purpose: Note = field(default_factory=Note)
    previous_names: list[str] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    bookmarks: dict[str, Json] = field(default_factory=dict)
    pins: dict[str, Json] = field(default_factory=dict)
    """By the message's timestamp: who pinned it, and when."""
    outside_team: str = ""
    """A Connect channel's other team."""

    def top_level(self) -> list[Message]:
        """What people said in the channel itself, the oldest first."""
        return [message for message in self.messages.values() if message.top_level]

    def thread(self, ts: str) -> list[Message]:
        """The replies under `ts`, the oldest first."""
        return [m for m in self.messages.values() if m.in_thread and m.thread_ts == ts]

    def as_json(self, reader: str) -> Json:
        if self.kind is Kind.IM:
            other = next((member for member in self.members if member != reader), reader)
            return {"id": self.id, "created": self.created, "is_im": True, "user": other}
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind is Kind.PUBLIC,
            "is_group": self.kind is Kind.PRIVATE,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.kind is Kind.PRIVATE,
            "is_archived": self.is_archived,
            "is_general": self.name == "general",
            "is_shared": bool(self.outside_team),
            "is_ext_shared": bool(self.outside_team),
            "is_org_shared": False,
            "is_member": reader in self.members,
            "created": self.created,
            "creator": self.creator,
            "topic": self.topic.as_json(),
            "purpose": self.purpose.as_json(),
            "previous_names": list(self.previous_names),
            "num_members": len(self.members),
        }


@dataclass
class UserGroup:
    id: str
    handle: str
    name: str
    users: list[str]

    def as_json(self) -> Json:
        return {
            "id": self.id,
            "handle": self.handle,
            "name": self.name,
            "is_usergroup": True,
            "date_delete": 0,
            "user_count": len(self.users),
        }


@dataclass
class View:
    """A modal or a Home tab as it stands now; https://docs.slack.dev/reference/views"""

    id: str
    user: str
    definition: Json
    hash: str
    root: str = ""
    previous: str = ""
    external_id: str = ""
    open: bool = True

    @property
    def callback_id(self) -> str:
        return str(self.definition.get("callback_id", ""))

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.definition["blocks"]
        return blocks

    @property
    def title(self) -> str:
        return str(self.definition.get("title", {}).get("text", ""))

    def as_json(self, app: Json) -> Json:
        return {
            "callback_id": "",
            "private_metadata": "",
            "clear_on_close": False,
            "notify_on_close": False,
            **self.definition,
            "id": self.id,
            "hash": self.hash,
            "root_view_id": self.root or self.id,
            "previous_view_id": self.previous or None,
            "external_id": self.external_id,
            "state": {"values": {}},
            **app,
        }
