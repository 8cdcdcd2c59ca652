"""Rooms: opened, found again after a lost answer, named, described, archived."""

from collections.abc import Mapping
from typing import Any, Final

import structlog

from bot.domain.errors import DeliveryError
from bot.platforms.slack.client import Slack
from bot.platforms.slack.directory import Directory
from bot.platforms.slack.errors import Paced, SlackRefused
from bot.platforms.slack.found import room_made_before
from bot.platforms.slack.names import (
    NOTE,
    numbered,
    our_topic,
    plain_name,
    room_name,
    their_part,
    topic,
)
from bot.platforms.slack.tries import Unsent
from bot.platforms.slack.turns import Turns
from bot.ports.channel import Job

log = structlog.get_logger()

SCOPES: Final = {
    "channels:manage": "open, name, describe, fill and archive rooms",
    "groups:write": "the same for private rooms",
    "channels:join": "come into a channel that becomes a room",
    "bookmarks:read": "not set a bookmark twice",
    "bookmarks:write": "link dashboard, runbook and postmortem on top of the room",
}

SAME_NAMES: Final = 9
"""Rooms that may want one name; after these the number alone has to do."""

BAD_NAMES: Final = frozenset({"invalid_name", "invalid_name_specials", "invalid_name_punctuation"})
Made = Mapping[str, Mapping[str, Any]]


class Rooms:
    """`template` names them, with `{number}` and `{slug}`."""

    def __init__(self, slack: Slack, directory: Directory, template: str) -> None:
        self.slack, self.directory, self.template = slack, directory, template
        self.turns, self._unsent = Turns(slack.pace), Unsent()

    async def open(self, job: Job) -> Made:
        """A channel of its own, private where the incident is.

        Raises:
            Paced: it is not its turn; nothing was asked of Slack.
        """
        number = job.incident or 0
        waited = bool(job.places.get("room", {}).get("waiting"))
        untouched = self._unsent.take(str(number), tried=bool(job.tries) or waited)
        try:
            self.turns.take(number, str(job.facts["incident"]["severity"]))
            before = None if untouched else await self._made_before(job)
            channel = before or await self._created(job)
        except Paced:
            if untouched:
                self._unsent.add(str(number))
            raise
        room = str(channel["id"])
        await self._describe(room, job)
        return {"room": {"id": room, "name": channel["name"]}}

    async def _created(self, job: Job) -> Mapping[str, Any]:
        name = room_name(self.template, job.incident or 0, _title(job))
        try:
            return await self._named(name, job)
        except SlackRefused as refused:
            if refused.code not in BAD_NAMES:
                raise
        return await self._named(plain_name(self.template, job.incident or 0, _title(job)), job)

    async def _named(self, name: str, job: Job) -> Mapping[str, Any]:
        """A new channel of this name, or of the next one that is free; ours, if it is there."""
        for place in range(1, SAME_NAMES + 1):
            wanted = numbered(name, place)
            try:
                answer = await self.slack.call(
                    "conversations.create", name=wanted, is_private=_is_private(job)
                )
                channel: Mapping[str, Any] = answer["channel"]
            except SlackRefused as refused:
                if refused.code != "name_taken":
                    raise
                if found := await self._made_before(job):
                    return found
            else:
                return channel
        raise DeliveryError(f"{SAME_NAMES} channels are called {name} already", permanent=True)

    async def _made_before(self, job: Job) -> Mapping[str, Any] | None:
        """The answer to its creation was lost, or two of us were at it."""
        return await room_made_before(self.directory, self.template, job)

    async def _describe(self, room: str, job: Job) -> None:
        """Purpose and topic; a workspace that does not allow them has a room all the same."""
        about = job.facts["incident"]
        purpose = f"Incident {about['id']}: {about['url']}"[:NOTE]
        try:
            await self.slack.call("conversations.setPurpose", channel=room, purpose=purpose)
            await self._write_topic(room, "", job)
        except SlackRefused as refused:
            if not refused.permanent:
                raise
            log.warning("slack_room_not_described", room=room, reason=str(refused))

    async def adopt(self, job: Job) -> Made:
        """A channel that people had already becomes the room; it keeps its name."""
        channel = await self.directory.channel(str(job.payload["channel"]))
        answer = await self.slack.call("conversations.info", channel=channel)
        found = answer["channel"]
        if not found.get("is_member"):
            await self.slack.call("conversations.join", channel=channel)
        await self._write_topic(channel, str((found.get("topic") or {}).get("value", "")), job)
        return {"room": {"id": channel, "name": found["name"], "adopted": True}}

    async def rename(self, job: Job) -> Made:
        """By the template again; what was adopted keeps its name."""
        if job.places["room"].get("adopted"):
            return {}
        room = room_of(job)
        name = room_name(self.template, job.incident or 0, _title(job))
        standing = await self.slack.call("conversations.info", channel=room)
        for place in range(1, SAME_NAMES + 1):
            wanted = numbered(name, place)
            if standing["channel"]["name"] == wanted:
                return {}
            try:
                await self.slack.call("conversations.rename", channel=room, name=wanted)
            except SlackRefused as refused:
                if refused.code != "name_taken":
                    raise
            else:
                return {"room": {**job.places["room"], "name": wanted}}
        raise DeliveryError(f"{SAME_NAMES} channels are called {name} already", permanent=True)

    async def archive(self, job: Job) -> Made:
        """What was adopted is given back, and stays open: it was there before."""
        room = job.places["room"]
        if room.get("adopted"):
            await self._give_back(room_of(job), job.incident or 0)
        else:
            await self._unless("already_archived", "conversations.archive", channel=room_of(job))
        return {"room": {**room, "archived": True}}

    async def _give_back(self, room: str, number: int) -> None:
        """Our part of the topic goes; where that is not allowed, or nobody is there, it stays."""
        try:
            found = await self.slack.call("conversations.info", channel=room)
            now = str(found["channel"]["topic"]["value"])
            if (theirs := their_part(now, number)) != now.strip():
                await self.slack.call("conversations.setTopic", channel=room, topic=theirs)
        except SlackRefused as refused:
            if not refused.permanent:
                raise
            log.warning("slack_topic_stays", room=room, reason=str(refused))

    async def unarchive(self, job: Job) -> bool:
        """Whether it is open again: Slack lets most bots reopen no archived channel.

        https://docs.slack.dev/reference/methods/conversations.unarchive
        """
        try:
            await self._unless("not_archived", "conversations.unarchive", channel=room_of(job))
        except SlackRefused as refused:
            if not refused.permanent:
                raise
            log.warning("slack_room_stays_archived", room=room_of(job), reason=str(refused))
            return False
        return True

    async def _unless(self, code: str, method: str, **arguments: Any) -> None:
        """The call; the refusal `code` says that it is so already."""
        try:
            await self.slack.call(method, **arguments)
        except SlackRefused as refused:
            if refused.code != code:
                raise

    # what stands above a room

    async def set_topic(self, job: Job) -> Made:
        """Our part in front anew; what people wrote behind it stays."""
        room = room_of(job)
        answer = await self.slack.call("conversations.info", channel=room)
        await self._write_topic(room, str(answer["channel"]["topic"]["value"]), job)
        return {}

    async def _write_topic(self, room: str, now: str, job: Job) -> None:
        number = job.incident or 0
        ours = our_topic(str(job.facts["incident"]["severity"]), number, _title(job))
        if (said := topic(now, ours, number)) is not None:
            await self.slack.call("conversations.setTopic", channel=room, topic=said)

    async def bookmark(self, job: Job) -> Made:
        """One bookmark per title: `payload` has `title` and `url`; without it, our own page, or the
        incident's `page` of that name."""
        room, title = room_of(job), str(job.payload["title"])
        link = str(job.payload.get("url") or _page(job, job.payload.get("page")))
        answer = await self.slack.call("bookmarks.list", channel_id=room)
        for known in answer.get("bookmarks") or ():
            if known.get("title") == title:
                if known.get("link") != link:
                    await self.slack.call(
                        "bookmarks.edit", channel_id=room, bookmark_id=known["id"], link=link
                    )
                return {}
        await self.slack.call("bookmarks.add", channel_id=room, title=title, type="link", link=link)
        return {}


def room_of(job: Job) -> str:
    """The id of the incident's own room.

    Raises:
        DeliveryError: permanent, where it has none.
    """
    room = job.places.get("room", {})
    if not room.get("id") or room.get("digest"):
        raise DeliveryError("the incident has no room", permanent=True)
    return str(room["id"])


def _title(job: Job) -> str:
    """Nothing, where the incident is private: its room is known by its number."""
    return str(job.facts["incident"].get("title") or "")


def _url(job: Job) -> str:
    return str(job.facts["incident"]["url"])


def _page(job: Job, name: str | None) -> str:
    return f"{_url(job)}/{name}" if name else _url(job)


def _is_private(job: Job) -> bool:
    return bool(job.facts["incident"].get("private"))
