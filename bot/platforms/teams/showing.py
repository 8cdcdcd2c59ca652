"""A job's card as a message, with what belongs around it."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.card import Card, Foreign, Text, say
from bot.platforms.teams.actions import Asks, open_button
from bot.platforms.teams.addresses import link_to
from bot.platforms.teams.directory import Directory
from bot.platforms.teams.mentions import MOST, Mention
from bot.platforms.teams.places import (
    announces,
    has_room,
    incident_of,
    is_private,
    is_thread,
    title_of,
    url_of,
)
from bot.platforms.teams.render import REFRESHED_FOR, Around, activity
from bot.platforms.teams.runs import Made
from bot.ports.channel import Job

LOUD: Mapping[str, Any] = {"notification": {"alert": True}}
"""`channelData` of what must be noticed in the activity feed:
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/channel-and-group-conversations"""


class Showing:
    """`asks` says which command lines are answered with a form."""

    def __init__(self, directory: Directory, asks: Asks, tenant: str) -> None:
        self.directory, self.asks, self.tenant = directory, asks, tenant

    async def message(self, job: Job, *, calls: Sequence[str] = ()) -> dict[str, Any]:
        """For a channel, a thread or a chat; `calls` are people to be mentioned."""
        live = job.payload.get("slot", "card") == "card" and not job.payload.get("seq")
        around = Around(
            version=_version(job),
            mentions=await self._mentions(calls),
            incident=job.incident if live and not job.payload.get("seqs") else None,
            viewers=await self._viewers(job) if live else (),
            foot=self._foot(job),
            asks=self.asks,
        )
        return activity(job.card or Card(job.line), around)

    def direct(self, job: Job) -> dict[str, Any]:
        """For one person."""
        foot = [open_button("Open", url_of(job))] if url_of(job) else []
        around = Around(version=_version(job), foot=foot, asks=self.asks)
        made = activity(job.card or Card(job.line), around)
        return {**made, "channelData": LOUD} if job.loud else made

    def file(self, job: Job) -> dict[str, Any]:
        """A text as far as a message holds it, and a link to where the whole is."""
        said = job.payload
        title = str(said.get("title") or said["name"])
        url = "/".join(filter(None, (url_of(job), said.get("page"))))
        foot = [open_button("Open", url)] if url_of(job) else []
        card = Card(title, (Foreign(str(said["text"])),))
        return activity(card, Around(version=None, foot=foot))

    async def call(self, job: Job, people: Sequence[str]) -> dict[str, Any]:
        """A line that calls people in; an edited card would notify nobody."""
        named = await self._mentions(people)
        line = Card(f"#{job.incident}", (Text("You are wanted here."),))
        return activity(line, Around(mentions=named))

    def pointer(self, job: Job) -> dict[str, Any]:
        """What becomes of a card whose incident has a room of its own now."""
        title = f"#{job.incident} {title_of(job)}".strip()
        room = job.places["room"]
        link = open_button("Open the room", link_to(str(room["id"]), "", self.tenant))
        return activity(
            say(f"{title} is handled in a room of its own"), Around(version=None, foot=[link])
        )

    async def _mentions(self, people: Sequence[str]) -> list[Mention]:
        found = [await self.directory.mention(id) for id in people[:MOST]]
        return [one for one in found if one is not None]

    async def _viewers(self, job: Job) -> list[str]:
        """Those in it, as a conversation calls them, as far as that is known."""
        found = []
        for id in job.wanted[:REFRESHED_FOR]:
            person = self.directory.person(id)
            if person is not None and person.teams:
                found.append(await self.directory.member(person.teams))
        return [one for one in found if one]

    def _foot(self, job: Job) -> list[Made]:
        """An announcement leads to the room, unless it is a private one."""
        if not announces(job) or not has_room(job) or is_private(job):
            return []
        room = job.places["room"]
        if is_thread(room):
            link = link_to(str(room["channel"]), str(room["ts"]), self.tenant)
        else:
            link = link_to(str(room["id"]), "", self.tenant)
        return [open_button("Open the room", link)]


def _version(job: Job) -> int | None:
    version = incident_of(job).get("version")
    return version if isinstance(version, int) else None
