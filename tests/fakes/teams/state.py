"""What a tenant holds: people, teams, channels, chats and what was said in them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

Json = dict[str, Any]

TENANT = "00000000-aaaa-4000-8000-000000000001"
ADAPTIVE = "application/vnd.microsoft.card.adaptive"
THREAD = ";messageid="


def guid(name: str) -> str:
    """The same for the same name."""
    return str(uuid5(NAMESPACE_DNS, name))


class Kind(StrEnum):
    PERSONAL = "personal"
    GROUP = "groupChat"
    CHANNEL = "channel"


class Role(StrEnum):
    """`userRole` of a TeamsChannelAccount."""

    USER = "user"
    GUEST = "guest"
    ANONYMOUS = "anonymous"


@dataclass
class User:
    """`id` is Teams' (`29:…`), `aad` the object id in Entra, `tenant` where they are at home."""

    id: str
    aad: str
    name: str
    email: str = ""
    tenant: str = TENANT
    role: Role = Role.USER
    zone: str = "Europe/Copenhagen"

    @property
    def upn(self) -> str:
        if self.role is Role.GUEST:
            return self.email.replace("@", "_") + "#EXT#@acme.onmicrosoft.com"
        return self.email or f"{self.name.lower()}@acme.example"

    def as_account(self) -> Json:
        """`from` of an activity."""
        account = {"id": self.id, "name": self.name, "aadObjectId": self.aad}
        if self.role is Role.ANONYMOUS:
            del account["aadObjectId"]
        return account

    def as_member(self) -> Json:
        """https://learn.microsoft.com/microsoftteams/platform/bots/how-to/get-teams-context"""
        given, _, surname = self.name.partition(" ")
        return {
            "id": self.id,
            "objectId": self.aad,
            "aadObjectId": self.aad,
            "name": self.name,
            "givenName": given,
            "surname": surname,
            "email": self.email,
            "userPrincipalName": self.upn,
            "tenantId": self.tenant,
            "userRole": str(self.role),
        }


@dataclass
class Message:
    """`thread` is the id of the root it answers, empty for a root. `by` is a user's id or the
    bot's. `was` are the activities before each update, the oldest first."""

    id: str
    conversation: str
    by: str
    activity: Json
    thread: str = ""
    was: list[Json] = field(default_factory=list)
    deleted: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return str(self.activity.get("text") or "")

    @property
    def cards(self) -> list[Json]:
        return [
            attachment["content"]
            for attachment in self.activity.get("attachments") or ()
            if attachment.get("contentType") == ADAPTIVE
        ]

    @property
    def card(self) -> Json:
        """Its one card; IndexError where it has none."""
        return self.cards[0]

    @property
    def mentions(self) -> list[str]:
        """The ids of those it mentions."""
        entities = self.activity.get("entities") or ()
        return [e["mentioned"]["id"] for e in entities if e.get("type") == "mention"]


@dataclass
class Conversation:
    """`has_bot`: the bot is in its roster. `team` is the Teams id of a channel's team."""

    id: str
    kind: Kind
    name: str = ""
    members: list[str] = field(default_factory=list)
    has_bot: bool = True
    team: str = ""
    topic: str = ""
    messages: dict[str, Message] = field(default_factory=dict)
    is_archived: bool = False
    is_deleted: bool = False
    blocked_by: set[str] = field(default_factory=set)

    def roots(self) -> list[Message]:
        """What stands in the channel or chat itself, the oldest first."""
        return [m for m in self.messages.values() if not m.thread and not m.deleted]

    def thread(self, root: str) -> list[Message]:
        """The replies under a root, the oldest first."""
        return [m for m in self.messages.values() if m.thread == root and not m.deleted]


@dataclass
class Team:
    """`id` is Teams' (that of its General channel), `group` its id in Graph."""

    id: str
    group: str
    name: str
    members: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    has_bot: bool = True
    is_archived: bool = False
