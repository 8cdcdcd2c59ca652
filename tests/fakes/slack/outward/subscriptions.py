"""Which events the app is told of, and the envelope they come in.

https://docs.slack.dev/apis/events-api
"""

from typing import Final

from tests.fakes.slack.state import Channel, Json, Kind
from tests.fakes.slack.workspace import Workspace

MESSAGES: Final = {
    Kind.PUBLIC: "message.channels",
    Kind.PRIVATE: "message.groups",
    Kind.IM: "message.im",
}
FOR_ALL: Final = {"channel_archive", "channel_unarchive", "channel_rename", "channel_deleted"}
"""Told of every public channel; the others only where the app is inside."""

READ: Final = {Kind.PUBLIC: "channels:read", Kind.PRIVATE: "groups:read", Kind.IM: "im:read"}
HISTORY: Final = {
    Kind.PUBLIC: "channels:history",
    Kind.PRIVATE: "groups:history",
    Kind.IM: "im:history",
}
SCOPES: Final = {
    "app_mention": "app_mentions:read",
    "pin_added": "pins:read",
    "pin_removed": "pins:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "user_change": "users:read",
}
"""What an app needs to be told: https://docs.slack.dev/reference/events; of channels, by kind."""
FREE: Final = {"app_home_opened", "tokens_revoked"}


def scopes_of(workspace: Workspace, event: Json) -> set[str]:
    """The scopes without which the app would not be told of this."""
    name, channel = event["type"], _where(workspace, event)
    if name in FREE:
        return set()
    if name in SCOPES:
        return {SCOPES[name]}
    table = HISTORY if name == "message" else READ
    return {table[channel.kind]} if channel else set()


def is_told(workspace: Workspace, event: Json) -> bool:
    channel = _where(workspace, event)
    name = event["type"]
    if name == "message" and channel:
        name = MESSAGES[channel.kind]
    if name not in workspace.app.events or not scopes_of(workspace, event) <= workspace.app.scopes:
        return False
    if channel is None or name in FOR_ALL:
        return True
    return workspace.app.bot_user in channel.members or event.get("user") == workspace.app.bot_user


def _where(workspace: Workspace, event: Json) -> Channel | None:
    said = event.get("channel") or event.get("channel_id") or event.get("item", {}).get("channel")
    id = said["id"] if isinstance(said, dict) else said
    return workspace.channels.get(str(id))


def envelope(workspace: Workspace, event: Json) -> Json:
    app = workspace.app
    channel = _where(workspace, event)
    return {
        "token": app.verification_token,
        "team_id": app.team_id,
        "api_app_id": app.id,
        "event": event,
        "type": "event_callback",
        "event_id": workspace.id("Ev"),
        "event_time": workspace.time.seconds(),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": app.team_id,
                "user_id": app.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": bool(channel and channel.outside_team),
    }
