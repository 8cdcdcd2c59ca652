"""What every activity has, taken out of it piece by piece; whatever is not as it should be raises
ValueError."""

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

from bot.platforms.teams.addresses import THREAD
from bot.platforms.teams.heard import By, Kind, Where

Activity = Mapping[str, Any]

_ID: Final = re.compile(r"[\w.:@;=+~|%/-]{1,400}", re.ASCII)
_KEPT: Final = 280
"""Characters of an invocation's key."""


def text_of(said: Any, *path: str) -> str:
    """The text at the end of the path, empty where there is none; a number is no text."""
    for name in path:
        said = said.get(name) if isinstance(said, Mapping) else None
    return said.replace("\0", "\ufffd") if isinstance(said, str) else ""


def id_of(said: Any, *path: str) -> str:
    """An id, where Teams always gives one. Raises ValueError."""
    found = text_of(said, *path)
    if not _ID.fullmatch(found):
        raise ValueError(".".join(path))
    return found


def by_of(activity: Activity) -> By:
    zone = text_of(activity, "localTimezone")
    return By(
        user=id_of(activity, "from", "id"),
        aad=text_of(activity, "from", "aadObjectId"),
        name=text_of(activity, "from", "name"),
        zone=zone,
    )


def where_of(activity: Activity) -> Where:
    room, _, thread = id_of(activity, "conversation", "id").partition(THREAD)
    return Where(
        room=room,
        kind=Kind(text_of(activity, "conversation", "conversationType") or Kind.PERSONAL),
        service_url=text_of(activity, "serviceUrl"),
        thread=thread,
        message=text_of(activity, "replyToId"),
        team=text_of(activity, "channelData", "team", "id"),
    )


def key_of(activity: Activity, *more: str) -> str:
    """The same however often it is sent: `conversation.id` and `activity.id`."""
    parts = (id_of(activity, "conversation", "id"), id_of(activity, "id"), *filter(None, more))
    key = "teams:" + ":".join(parts)
    if len(key) <= _KEPT:
        return key
    return "teams:#" + blake2b(key.encode(), digest_size=32).hexdigest()
