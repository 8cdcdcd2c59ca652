"""The one app that is installed in the workspace, and what it may do."""

from dataclasses import dataclass, field
from typing import Final

EVERY_SCOPE: Final = frozenset(
    [
        "app_mentions:read",
        "bookmarks:read",
        "bookmarks:write",
        "channels:history",
        "channels:join",
        "channels:manage",
        "channels:read",
        "chat:write",
        "chat:write.public",
        "commands",
        "emoji:read",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "groups:write",
        "im:history",
        "im:read",
        "im:write",
        "metadata.message:read",
        "pins:read",
        "pins:write",
        "reactions:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
    ]
)

EVERY_EVENT: Final = frozenset(
    [
        "app_home_opened",
        "app_mention",
        "channel_archive",
        "channel_deleted",
        "channel_left",
        "channel_rename",
        "channel_unarchive",
        "group_archive",
        "group_left",
        "group_rename",
        "group_unarchive",
        "member_joined_channel",
        "member_left_channel",
        "message.channels",
        "message.groups",
        "message.im",
        "pin_added",
        "pin_removed",
        "reaction_added",
        "reaction_removed",
        "tokens_revoked",
        "user_change",
    ]
)


@dataclass
class App:
    """`events_url` is the bot's address for events and interactivity; without one, the app is in
    Socket Mode."""

    id: str = "A0MUSTER"
    team_id: str = "T0ACME"
    bot_user: str = "U0MUSTER"
    bot_id: str = "B0MUSTER"
    name: str = "muster"
    bot_token: str = "xoxb-simulated-bot-token"
    app_token: str = "xapp-1-A0MUSTER-simulated-app-token"
    signing_secret: str = "8f742231b10e8888abcd99yyyzzz85a5"
    verification_token: str = "deprecated"
    scopes: set[str] = field(default_factory=lambda: set(EVERY_SCOPE))
    events: set[str] = field(default_factory=lambda: set(EVERY_EVENT))
    commands: set[str] = field(default_factory=lambda: {"/incident", "/inc"})
    events_url: str = ""
    revoked: bool = False
    account_inactive: bool = False
