"""A room that an earlier try opened, and nobody told us: it is found before another one is made."""

import re
from collections.abc import Mapping
from typing import Any, Final

from bot.platforms.slack.directory import Directory
from bot.platforms.slack.names import room_name
from bot.ports.channel import Job

_TITLE: Final = "someothertitle"


async def room_made_before(
    directory: Directory, template: str, job: Job
) -> Mapping[str, Any] | None:
    """The channel that we made for this very incident, whatever its title was then.

    Its purpose names the incident's page; or it has none yet, and a name that the template gives.
    """
    me = await directory.me()
    named = _names(template, job.incident or 0)
    page = re.compile(re.escape(str(job.facts["incident"]["url"])) + r"(?!\d)")
    async for channel in directory.slack_channels("users.conversations"):
        if channel.get("creator") == me:
            purpose = str((channel.get("purpose") or {}).get("value", ""))
            unfinished = not purpose and named.fullmatch(str(channel.get("name")))
            if unfinished or page.search(purpose):
                return channel
    return None


def _names(template: str, number: int) -> re.Pattern[str]:
    """What a room of this incident may be called, with any title, as the first or a later one."""
    private, public = room_name(template, number, ""), room_name(template, number, _TITLE)
    any_title = re.escape(public).replace(_TITLE, ".*")
    return re.compile(rf"({any_title}|{re.escape(private)})(-\d)?")
