"""The app as Teams wants it described, and the package it is uploaded as.

https://learn.microsoft.com/microsoft-365/extensibility/schema/. Made from what the code hears and
says; two packages of the same settings are the same bytes.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from bot.platforms.teams import icons
from bot.platforms.teams.extensions import EXTENSIONS

SCHEMA: Final = (
    "https://developer.microsoft.com/json-schemas/teams/v1.19/MicrosoftTeams.schema.json"
)
VERSION: Final = "1.19"
SCOPES: Final = ("personal", "team", "groupChat")
LISTED: Final = 10
"""Commands that a list may have; Muster understands all of them anyway."""

TITLE: Final = 32
ABOUT: Final = 128

CONSENTS: Final[Mapping[str, str]] = {
    "ChannelMessage.Read.Group": "hear what is said in a team's channels without being mentioned, "
    "or bring along what was said in a channel that becomes a room",
    "ChatMessage.Read.Chat": "the same in the group chat of a private incident",
    "ChannelSettings.Read.Group": "follow a channel's name",
    "TeamMember.Read.Group": "find people by the e-mail in people.yaml",
}
"""Resource-specific consent that an owner of a team gives when adding the app: what it is for."""

FIRST: Final = (
    "declare",
    "list",
    "status",
    "ack",
    "update",
    "note",
    "resolve",
    "page",
    "oncall",
    "help",
)
"""What is shown of the verbs, as far as they are built."""

_ZIPPED_AT: Final = (2020, 1, 1, 0, 0, 0)


def manifest(
    app_id: str, verbs: Mapping[str, str], *, public_url: str, version: str
) -> dict[str, Any]:
    """`verbs` are verb → what it does. `public_url` is how people reach the web room."""
    address = public_url.rstrip("/")
    host = urlsplit(address).hostname or ""
    return {
        "$schema": SCHEMA,
        "manifestVersion": VERSION,
        "version": version,
        "id": app_id,
        "developer": {
            "name": "Muster",
            "websiteUrl": address,
            "privacyUrl": f"{address}/",
            "termsOfUseUrl": f"{address}/",
        },
        "name": {"short": "Muster", "full": "Muster, the incident bot"},
        "description": {
            "short": "Opens a thread for each incident and musters the people for it.",
            "full": "Muster takes alerts in, opens one incident for each trouble, pages who is on "
            "call, and keeps one live card and the timeline. Mention it and say what you need.",
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#24292F",
        "bots": [
            {
                "botId": app_id,
                "scopes": list(SCOPES),
                "supportsFiles": False,
                "isNotificationOnly": False,
                "commandLists": [{"scopes": list(SCOPES), "commands": _commands(verbs)}],
            }
        ],
        "composeExtensions": [
            {
                "botId": app_id,
                "commands": [
                    {
                        "id": id,
                        "type": "action",
                        "title": one.title[:TITLE],
                        "description": one.description[:ABOUT],
                        "context": list(one.context),
                        "fetchTask": True,
                    }
                    for id, one in EXTENSIONS.items()
                    if one.command in verbs
                ],
            }
        ],
        "staticTabs": [{"entityId": "conversations", "scopes": ["personal"]}],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [host] if host else [],
        "webApplicationInfo": {"id": app_id, "resource": f"api://{app_id}"},
        "authorization": {
            "permissions": {
                "resourceSpecific": [{"name": name, "type": "Application"} for name in CONSENTS]
            }
        },
    }


def _commands(verbs: Mapping[str, str]) -> Sequence[dict[str, str]]:
    shown = [verb for verb in FIRST if verb in verbs]
    return [{"title": verb[:TITLE], "description": verbs[verb][:ABOUT]} for verb in shown[:LISTED]]


def package(made: Mapping[str, Any]) -> bytes:
    """The zip that is uploaded to Teams: manifest and icons."""
    files = {
        "manifest.json": orjson.dumps(made, option=orjson.OPT_INDENT_2),
        "color.png": icons.colour(),
        "outline.png": icons.outline(),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _ZIPPED_AT), content)
    return packed.getvalue()
