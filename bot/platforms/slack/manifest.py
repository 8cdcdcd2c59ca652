"""The app as Slack wants it described: https://docs.slack.dev/reference/app-manifest

Made from what the code hears and says, so that nobody has to click an app together: the events of
`read`, the shortcuts, the verbs, and the scopes that each file of this package says it needs.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

import orjson

from bot.platforms.slack import invitations, posts, read, rooms, voice, workspace
from bot.platforms.slack.http import PATH
from bot.platforms.slack.shortcuts import SHORTCUTS

SCOPES: Final[Mapping[str, str]] = {
    scope: why
    for file in (read, workspace, voice, rooms, invitations, posts)
    for scope, why in file.SCOPES.items()
}
"""Scope of the bot's token → what it is for."""

SLASH: Final = ("/incident", "/inc")
NAMED: Final[Mapping[str, Sequence[str]]] = {
    "message": ("message.channels", "message.groups", "message.im")
}
"""Events that Slack lets one subscribe to by kind of channel. What people say in channels is
looked at where a route keeps it, and the edits of what stands in a timeline; the rest is
acknowledged unread."""

CREATE: Final = "https://api.slack.com/apps?new_app=1&manifest_json="
HINT: Final = 1_000


def manifest(verbs: Sequence[str], address: str = "") -> dict[str, Any]:
    """`verbs` are shown as the command's hint. `address` is where Slack reaches Muster from
    outside; without one everything comes by Socket Mode."""
    url = {"url": address.rstrip("/") + PATH} if address else {}
    request_url = {"request_url": url["url"]} if url else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Muster",
            "description": "Opens a room for each incident and musters the people for it.",
            "background_color": "#24292f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Muster", "always_online": True},
            "shortcuts": [
                {
                    "name": shortcut.name,
                    "type": shortcut.type,
                    "callback_id": id,
                    "description": shortcut.description,
                }
                for id, shortcut in SHORTCUTS.items()
            ],
            "slash_commands": [
                {
                    "command": command,
                    **url,
                    "description": "Incidents: declare one, say how it goes, who has it",
                    "usage_hint": " | ".join(verbs)[:HINT],
                    "should_escape": True,
                }
                for command in SLASH
            ],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {
                **request_url,
                "bot_events": sorted(
                    named for event in read.EVENTS for named in NAMED.get(event, (event,))
                ),
            },
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not address,
            "token_rotation_enabled": False,
        },
    }


def create_link(made: Mapping[str, Any]) -> str:
    """Opens Slack's page for a new app, with the manifest filled in.

    https://docs.slack.dev/app-manifests/configuring-apps-with-app-manifests#sharing-manifests
    """
    return CREATE + quote(orjson.dumps(made).decode(), safe="")


def as_markdown() -> str:
    """The scopes and their reasons; a test keeps docs/slack.md in step."""
    lines = ["| scope | what Muster does with it |", "|---|---|"]
    return "\n".join([*lines, *(f"| `{scope}` | {SCOPES[scope]} |" for scope in sorted(SCOPES))])
