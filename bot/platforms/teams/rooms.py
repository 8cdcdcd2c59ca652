"""Rooms: a thread by default; a channel, or for a private incident a group chat, through Graph."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from bot.domain.errors import DeliveryError
from bot.platforms.teams.addresses import is_channel, is_chat
from bot.platforms.teams.directory import Directory
from bot.platforms.teams.errors import NOT_THERE, TeamsRefused
from bot.platforms.teams.graph import Graph
from bot.platforms.teams.names import about, channel_name, numbered
from bot.platforms.teams.places import (
    Made,
    incident_of,
    is_private,
    is_thread,
    room_of,
    title_of,
    url_of,
)
from bot.platforms.teams.posts import Posts, thread_room
from bot.ports.channel import Job
from bot.ports.clock import Clock

log = structlog.get_logger()

SAME_NAMES: Final = 9
"""Channels that may want one name; after these it is given up."""

TAKEN: Final = "NameAlreadyExists"
NOT_SEEN: Final = 3.0
"""Seconds until Microsoft is asked again for a room that it made and does not show yet."""

FRESH: Final = timedelta(minutes=3)
"""For so long a room that is not there may be one that is not there yet."""

MADE_AT: Final = "made_at"
"""In a room's address: when it was made (ISO 8601)."""


class Rooms:
    """`template` names channels; `channels`: a public incident gets one of its own. `clock` tells
    how old a room is."""

    def __init__(
        self,
        posts: Posts,
        directory: Directory,
        *,
        template: str,
        clock: Clock,
        channels: bool = False,
        graph: Graph | None = None,
    ) -> None:
        self.posts, self.directory, self.template = posts, directory, template
        self.channels, self.graph, self.clock = channels, graph, clock

    async def open(self, job: Job) -> Made:
        if is_private(job):
            return await self._open_chat(job)
        if self.channels:
            return await self._open_channel(job)
        return self._open_thread(job)

    @staticmethod
    def _open_thread(job: Job) -> Made:
        """The card opens it: its own thread, where it stands already, or the one it will begin."""
        card = job.places.get("card")
        if not card:
            return {"room": {"id": "", "thread": True}}
        return {"room": thread_room(str(card["channel"]), str(card["ts"]))}

    async def _open_chat(self, job: Job) -> Made:
        """Whoever is in it, and nobody else.

        Raises:
            DeliveryError: permanent, where Graph is not granted: then only its number is told.
        """
        graph = self._granted("a private incident has no room in Teams")
        known = [await self.directory.mention(id) for id in job.wanted]
        users = [mention.id for mention in known if mention is not None]
        if not users:
            raise DeliveryError("Teams knows nobody of this private incident", permanent=True)
        chat = await graph.create_chat(f"Incident #{job.incident}", users)
        return {"room": {"id": chat, "name": f"#{job.incident}", "chat": True, **self._now()}}

    async def _open_channel(self, job: Job) -> Made:
        graph = self._granted("rooms that are channels need Graph")
        name = channel_name(self.template, job.incident or 0, title_of(job))
        described = self._about(job)
        for place in range(1, SAME_NAMES + 1):
            wanted = numbered(name, place)
            try:
                made = await graph.create_channel(wanted, described)
            except TeamsRefused as refused:
                if TAKEN not in refused.said:
                    raise
                if found := await self._ours(graph, wanted, job):
                    return self._channel_room(found)
            else:
                return self._channel_room(made)
        raise DeliveryError(f"{SAME_NAMES} channels are called {name} already", permanent=True)

    async def _ours(self, graph: Graph, name: str, job: Job) -> Mapping[str, Any] | None:
        """The channel of this name, where we made it for this very incident; its page says so.

        Raises:
            DeliveryError: Graph knows the name, and does not show the channel yet.
        """
        for channel in await graph.channels():
            if str(channel.get("displayName", "")).lower() == name.lower():
                return channel if url_of(job) in str(channel.get("description") or "") else None
        if job.tries:
            raise DeliveryError(f"Graph does not show {name} yet", retry_after=NOT_SEEN)
        return None

    async def adopt(self, job: Job) -> Made:
        """A channel or group chat that people had already becomes the room; it keeps its name."""
        channel = str(job.payload["channel"])
        if is_chat(channel):
            return {"room": {"id": channel, "chat": True, "adopted": True}}
        if not is_channel(channel):
            raise DeliveryError(
                f"{channel} is no channel of Teams; give its id, `19:…@thread.tacv2`",
                permanent=True,
            )
        return {"room": {"id": channel, "adopted": True}}

    async def rename(self, job: Job) -> Made:
        """By the template again; what was adopted, a thread and a chat keep their names."""
        room = job.places["room"]
        if not _made_by_us(room):
            return {}
        graph, id = self._granted("a channel's name"), str(room["id"])
        name = channel_name(self.template, job.incident or 0, title_of(job))
        for place in range(1, SAME_NAMES + 1):
            wanted = numbered(name, place)
            if room.get("name") == wanted:
                return {}
            try:
                await graph.change_channel(id, displayName=wanted, description=self._about(job))
            except TeamsRefused as refused:
                if TAKEN not in refused.said:
                    raise
            else:
                return {"room": {**room, "name": wanted}}
        raise DeliveryError(f"{SAME_NAMES} channels are called {name} already", permanent=True)

    async def describe(self, job: Job) -> Made:
        if _made_by_us(room := room_of(job)):
            graph = self._granted("a channel's description")
            await graph.change_channel(str(room["id"]), description=self._about(job))
        return {}

    async def archive(self, job: Job) -> Made:
        """What was adopted stays open; a thread and a chat have nothing to be archived."""
        if _made_by_us(room := job.places["room"]):
            await self._granted("archiving a channel").archive(str(room["id"]))
        return {"room": {**room, "archived": True}}

    async def unarchive(self, job: Job) -> Made:
        if _made_by_us(room := job.places["room"]):
            await self._granted("reopening a channel").unarchive(str(room["id"]))
        return {"room": {**room, "archived": False}}

    async def invite(self, job: Job) -> Made:
        """Everybody of a team sees its channels: they are called. A chat is joined first, unless
        people made it themselves and nobody lets us."""
        room, problems = room_of(job), []
        if room.get("chat") and not (room.get("adopted") and self.graph is None):
            graph = self._granted("a group chat")
            for id in job.payload["people"]:
                try:
                    await graph.add_to_chat(str(room["id"]), await self.directory.user(id))
                except DeliveryError as wrong:
                    if not wrong.permanent:
                        raise
                    problems.append(f"{self.directory.name_of(id)}: {wrong}")
        made = await self.posts.call(job)
        if problems:
            said = "; ".join(problems)
            raise DeliveryError(f"not everybody could be invited: {said}", permanent=True)
        return made

    def _about(self, job: Job) -> str:
        severity = str(incident_of(job).get("severity") or "")
        return about(severity, job.incident or 0, title_of(job), url_of(job))

    def _channel_room(self, channel: Mapping[str, Any]) -> Made:
        id, name = str(channel["id"]), str(channel["displayName"])
        return {"room": {"id": id, "name": name, "ours": True, **self._now()}}

    def _now(self) -> dict[str, str]:
        return {MADE_AT: self.clock.wall().isoformat()}

    def is_not_there_yet(self, job: Job, code: str) -> bool:
        """We made its room so lately that Microsoft may not show it everywhere yet."""
        room = job.places.get("room", {})
        made_at, missing = room.get(MADE_AT), NOT_THERE
        if room.get("chat"):  # to which Muster was brought as it was made
            missing = NOT_THERE | {"BotNotInConversationRoster"}
        if not made_at or code not in missing:
            return False
        return self.clock.wall() - datetime.fromisoformat(str(made_at)) < FRESH

    def _granted(self, what: str) -> Graph:
        if self.graph is None:
            raise DeliveryError(f"{what}: teams.graph is not set", permanent=True)
        return self.graph


def _made_by_us(room: Mapping[str, Any]) -> bool:
    return bool(room.get("ours")) and not is_thread(room)
