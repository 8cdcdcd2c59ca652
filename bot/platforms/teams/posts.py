"""What is said: cards, lines, pages."""

from collections.abc import Mapping
from typing import Any, Final

import structlog

from bot.domain.effect import KEEPS, MENDS
from bot.platforms.teams.addresses import is_channel, thread_of
from bot.platforms.teams.connector import Connector
from bot.platforms.teams.directory import NOT_INSTALLED, Directory
from bot.platforms.teams.errors import TeamsRefused
from bot.platforms.teams.places import (
    Made,
    announces,
    has_room,
    is_thread,
    outside,
    room_of,
    spot_of,
    where,
)
from bot.platforms.teams.saying import Saying, Spot
from bot.platforms.teams.showing import Showing
from bot.ports.channel import Job

log = structlog.get_logger()

GONE: Final = frozenset(
    {"ActivityNotFoundInConversation", "ConversationNotFound", "BotNotInConversationRoster"}
)
"""The card cannot be edited any more: a new one takes its place."""


class Posts:
    """`incidents` is the channel of whatever has no room, `announcements` the one for everybody."""

    def __init__(
        self,
        connector: Connector,
        directory: Directory,
        saying: Saying,
        showing: Showing,
        *,
        incidents: str,
        announcements: str,
    ) -> None:
        self.connector, self.directory = connector, directory
        self.saying, self.showing = saying, showing
        self.incidents, self.announcements = incidents, announcements

    async def post(self, job: Job) -> Made:
        """A card, or a line in the room or under the card."""
        if job.payload.get("slot") == "card" and _stands(job):
            return await self._as_of_now(job)
        if (mends := job.places.get(str(job.payload.get(MENDS)))) is not None:
            return await self._mend(job, mends)
        spot = Spot(self.announcements) if announces(job) else where(job, self.incidents)
        slot = job.payload.get("slot")
        calls = job.wanted if slot == "card" else ()
        ts = await self.saying.once(job, spot, await self.showing.message(job, calls=calls))
        if not slot:
            keeps = job.payload.get(KEEPS)
            return {str(keeps): {"in": spot.conversation, "id": ts}} if keeps else {}
        made: dict[str, Any] = {str(slot): {"channel": spot.channel, "ts": ts}}
        if slot == "card":
            made["called"] = {"people": list(calls)}
            if is_thread(job.places.get("room", {})):
                made["room"] = thread_room(spot.channel, ts)
        if job.payload.get("moves") and "card" in job.places:
            made["was"] = await self._leave_pointer(job)
        return made

    async def upload(self, job: Job) -> Made:
        """A text (`name`, `title`, `text`), and a link to the incident's `page` or to its own."""
        message = self.showing.file(job)
        await self.saying.once(job, where(job, self.incidents), message)
        return {}

    async def _mend(self, job: Job, place: Mapping[str, Any]) -> Made:
        """A line that says something else now; where it is gone, nobody misses the change."""
        message = await self.showing.message(job)
        try:
            await self.connector.update(str(place["in"]), str(place["id"]), message)
        except TeamsRefused as refused:
            if refused.code not in GONE:
                raise
        return {}

    async def _as_of_now(self, job: Job) -> Made:
        """The card that opened the thread, where it shows something older by now."""
        card = job.places["card"]
        if card.get("version") == job.shows.get("version"):
            return {}
        return await self.edit(job) or {"card": card}

    async def edit(self, job: Job) -> Made:
        """The card in place; where it is gone, a new one, which calls its people again."""
        card = job.places[str(job.payload.get("slot") or "card")]
        called = () if announces(job) else job.places.get("called", {}).get("people") or ()
        message = await self.showing.message(job, calls=called)
        try:
            await self._update(card, message)
        except TeamsRefused as refused:
            if refused.code not in GONE or announces(job):
                raise
            log.warning("teams_card_gone", incident=job.incident, code=refused.code)
            lost_room = refused.code != "ActivityNotFoundInConversation"
            return await self.card_anew(job, lost_room=lost_room)
        return {}

    async def card_anew(self, job: Job, *, lost_room: bool = False) -> Made:
        """Another card. A thread goes with its card; a channel or chat stays the room it was."""
        room = job.places.get("room", {})
        inside = has_room(job) and not is_thread(room) and not lost_room
        spot = Spot(str(room["id"])) if inside else outside(job, self.incidents)
        message = await self.showing.message(job, calls=job.wanted)
        ts = await self.saying.once(job, spot, message)
        made: dict[str, Any] = {
            "card": {"channel": spot.channel, "ts": ts, "outside": not inside},
        }
        if has_room(job) and not inside:
            made["card"]["outside"] = False
            made["room"] = thread_room(spot.channel, ts)
        made["called"] = {"people": list(job.wanted)}
        return made

    async def _leave_pointer(self, job: Job) -> dict[str, Any]:
        was = job.places["card"]
        try:
            await self._update(was, self.showing.pointer(job))
        except TeamsRefused as refused:
            if not refused.permanent:
                raise
            log.warning("teams_pointer_failed", incident=job.incident, reason=str(refused))
        return {"channel": was["channel"], "ts": was["ts"]}

    async def _update(self, card: Any, message: dict[str, Any]) -> None:
        channel, ts = str(card["channel"]), str(card["ts"])
        await self.connector.update(thread_of(channel, ts), ts, message)

    # to people

    async def call(self, job: Job) -> Made:
        """Whoever the card has not called is called under it."""
        room = room_of(job)
        called = set(job.places.get("called", {}).get("people") or ())
        people = [id for id in job.payload["people"] if id not in called]
        card = job.places.get("card")
        if people:
            spot = spot_of(card) if card else Spot(str(room["id"]))
            await self.saying.once(job, spot, await self.showing.call(job, people))
        return {"called": {"people": sorted(called.union(people))}}

    async def direct(self, job: Job) -> Made:
        """A page or a quiet notice, in the person's personal chat."""
        person = job.person_id or job.to.removeprefix("person:")
        message = self.showing.direct(job)
        chat = await self.directory.chat(person, job.person)
        try:
            await self.saying.once(job, Spot(chat.conversation, "", chat.service), message)
        except TeamsRefused as refused:
            if refused.code not in NOT_INSTALLED | GONE:
                raise
            await self.directory.forget(person, job.person)
            chat = await self.directory.chat(person, job.person)
            await self.saying.once(job, Spot(chat.conversation, "", chat.service), message)
        return {}


def thread_room(channel: str, ts: str) -> dict[str, Any]:
    """The thread that a card heads, as a room."""
    return {"id": thread_of(channel, ts), "channel": channel, "ts": ts, "thread": True}


def _stands(job: Job) -> bool:
    """The card is where it belongs: it opened the thread that is the room."""
    card, room = job.places.get("card"), job.places.get("room", {})
    if not card or not has_room(job):
        return False
    return is_channel(str(card["channel"])) and is_thread(room) and room["ts"] == card["ts"]
