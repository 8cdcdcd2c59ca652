"""What is said: cards, lines, pages; each once, even where the answer to it was lost."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import structlog

from bot.domain.card import Card
from bot.domain.effect import KEEPS, MENDS
from bot.domain.errors import DeliveryError
from bot.platforms.slack import blocks as b
from bot.platforms.slack import escape
from bot.platforms.slack.client import Slack
from bot.platforms.slack.directory import Directory
from bot.platforms.slack.errors import Paced, SlackRefused
from bot.platforms.slack.render import Message, home, message
from bot.platforms.slack.rooms import Made, room_of
from bot.platforms.slack.saying import Saying
from bot.ports.channel import Job

log = structlog.get_logger()

SCOPES: Final = {
    "chat:write.public": "post into a team's channel without being invited",
    "metadata.message:read": "find a post whose answer was lost, so that it is not said twice",
    "pins:write": "pin the summary of a room",
    "reactions:write": "mark messages that were noted",
    "files:write": "put exports and drafts into the room",
}

CARD_WAIT: Final = 20.0
CARD_TRIES: Final = 30
"""A pin comes back so often for a card that is not there yet; seconds between."""

LOST_ROOM: Final = frozenset({"channel_not_found", "is_archived"})
"""Nobody reads there any more."""

GONE: Final = LOST_ROOM | {"message_not_found", "cant_update_message", "edit_window_closed"}
"""The card cannot be edited any more: a new one takes its place."""

OVER: Final = frozenset({"RESOLVED", "CLOSED"})


class Posts:
    """`digest` is the channel of whatever has no room, `announcements` the one for everybody."""

    def __init__(
        self,
        slack: Slack,
        directory: Directory,
        saying: Saying,
        *,
        digest: str,
        announcements: str,
    ) -> None:
        self.slack, self.directory, self.saying = slack, directory, saying
        self.digest, self.announcements = digest, announcements

    # posts

    async def post(self, job: Job) -> Made:
        """A card, or a line in the room or in the card's thread."""
        if (mends := job.places.get(str(job.payload.get(MENDS)))) is not None:
            return await self._mend(job, mends)
        channel, thread = await self._where(job)
        slot = job.payload.get("slot")
        grows = bool(slot or job.payload.get("seqs"))
        ts, channel = await self.saying.once(job, channel, thread, self._message(job), grows=grows)
        if not slot:
            keeps = job.payload.get(KEEPS)
            return {str(keeps): {"channel": channel, "ts": ts}} if keeps else {}
        made: dict[str, Mapping[str, Any]] = {str(slot): {"channel": channel, "ts": ts}}
        if was := await self._outside_before(job):
            made["was"] = await self._leave_pointer(job, was)
        return made

    async def _mend(self, job: Job, place: Mapping[str, Any]) -> Made:
        """A line that says something else now; where it is gone, nobody misses the change."""
        try:
            await self.slack.call(
                "chat.update",
                channel=str(place["channel"]),
                ts=str(place["ts"]),
                **self._message(job).args(),
            )
        except SlackRefused as refused:
            if refused.code not in GONE:
                raise
        return {}

    async def _outside_before(self, job: Job) -> Mapping[str, Any] | None:
        """The card outside that a card in the room replaces: one that moves, or one of an earlier
        try whose answer was lost before the room opened."""
        if job.payload.get("moves"):
            return job.places.get("card")
        lost = job.tries and job.payload["slot"] == "card" and "card" not in job.places
        if not lost or not _has_room(job) or not self.digest:
            return None
        channel = await self._outside(job)
        ts = await self.saying.posted(job.key, channel)
        return {"channel": channel, "ts": ts} if ts else None

    async def _where(self, job: Job) -> tuple[str, str]:
        """Channel and thread. Outside a room, all that is not the card stands in its thread."""
        if _announces(job):
            return await self.directory.channel(self.announcements), ""
        card, own = job.places.get("card", {}), _has_room(job)
        detail = not job.payload.get("slot") and (job.payload.get("where") == "thread" or not own)
        if card and detail:
            return str(card["channel"]), str(card["ts"])
        return (room_of(job) if own else await self._outside(job)), ""

    async def _outside(self, job: Job) -> str:
        """The team's channel; the digest channel for what would have a room, or has no team's."""
        waits_for_room = "room" in job.places
        said = self.digest if waits_for_room and self.digest else job.home or self.digest
        if not said and job.places.get("room", {}).get("waiting"):
            raise Paced("the card", 5.0)
        if not said:
            raise DeliveryError(
                "there is no channel for this: set slack.digest_channel, "
                "or the team's channel in teams.yaml",
                permanent=True,
            )
        return await self.directory.channel(said)

    async def edit(self, job: Job) -> Made:
        """The card in place; where it is gone, a new one."""
        card = job.places[str(job.payload.get("slot") or "card")]
        try:
            await self.slack.call(
                "chat.update",
                channel=str(card["channel"]),
                ts=str(card["ts"]),
                metadata=self.saying.metadata(job),
                **self._message(job).args(),
            )
        except SlackRefused as refused:
            if refused.code not in GONE or _announces(job):
                raise
            if refused.code == "is_archived" and _is_over(job):
                return {}
            log.warning("slack_card_gone", incident=job.incident, code=refused.code)
            return await self.card_anew(job, lost_room=refused.code in LOST_ROOM)
        return {}

    async def card_anew(self, job: Job, *, lost_room: bool = False, room: str = "") -> Made:
        """Another card; outside, where the room itself is gone."""
        inside = bool(room) or (_has_room(job) and not lost_room)
        channel = (room or room_of(job)) if inside else await self._outside(job)
        ts, channel = await self.saying.once(job, channel, "", self._message(job), grows=True)
        made: dict[str, Mapping[str, Any]] = {
            "card": {"channel": channel, "ts": ts, "outside": not inside}
        }
        if lost_room and _has_room(job):
            made["room"] = {"digest": True}
        return made

    async def lead_back(self, job: Job, room: str, before: str) -> None:
        """Says in a new room where the incident was until now."""
        line = Message(
            "It goes on here: what was said before stands in the archived room",
            (b.section(f"It goes on here; what was said before stands in <#{before}>"),),
        )
        await self.saying.once(replace(job, key=f"{job.key}:before"), room, "", line)

    async def _leave_pointer(self, job: Job, was: Mapping[str, Any]) -> Mapping[str, Any]:
        """The old card becomes a line that leads into the room."""
        title = f"#{job.incident} {job.facts['incident'].get('title') or ''}".strip()
        line = f"{escape.bold(title)} is handled in <#{room_of(job)}>"
        pointer = Message(
            escape.escape(f"{title} is handled in a room of its own"), (b.section(line),)
        )
        try:
            await self.slack.call(
                "chat.update", channel=str(was["channel"]), ts=str(was["ts"]), **pointer.args()
            )
        except SlackRefused as refused:
            if not refused.permanent:
                raise
            log.warning("slack_pointer_failed", incident=job.incident, reason=str(refused))
        return {"channel": was["channel"], "ts": was["ts"]}

    # to people

    async def direct(self, job: Job) -> Made:
        """A page or a quiet notice, in the person's direct messages."""
        user = await self._user(job)
        channel = await self.directory.direct(user)
        foot = [b.open_button("Open", _url(job))] if _url(job) else []
        said = message(job.card or Card(job.line), version=_version(job), foot=foot)
        await self.saying.once(job, channel, "", said)
        return {}

    async def whisper(self, job: Job) -> Made:
        """Seen by one person: `payload` has `channel`, and perhaps `thread`. Slack keeps none of
        these, so a lost answer may show it twice."""
        user = await self._user(job)
        await self.slack.call(
            "chat.postEphemeral",
            channel=str(job.payload["channel"]),
            user=user,
            thread_ts=job.payload.get("thread"),
            **self._message(job).args(),
        )
        return {}

    async def publish_home(self, job: Job) -> Made:
        user = await self._user(job)
        await self.slack.call("views.publish", user_id=user, view=home(job.card or Card(job.line)))
        return {}

    async def _user(self, job: Job) -> str:
        person = job.person_id or job.to.removeprefix("person:")
        return await self.directory.user(person, job.person)

    # beside messages

    async def pin(self, job: Job) -> Made:
        """The card; where it is elsewhere, it is pinned when it moves into the room.

        Raises:
            Paced: there is no card yet.
        """
        card, room = job.places.get("card", {}), room_of(job)
        if not card and job.tries < CARD_TRIES:
            raise Paced("the pin of a card", CARD_WAIT)
        if card.get("channel") == room:
            await self._unless("already_pinned", "pins.add", channel=room, timestamp=card["ts"])
        return {}

    async def react(self, job: Job) -> Made:
        """`payload` has `channel`, `ts` and `name`, an emoji without colons."""
        said = job.payload
        await self._unless(
            "already_reacted",
            "reactions.add",
            channel=str(said["channel"]),
            timestamp=said["ts"],
            name=said["name"],
        )
        return {}

    async def upload(self, job: Job) -> Made:
        """A text file in the room: `payload` has `name`, `title` and `text`."""
        said = job.payload
        name, content = str(said["name"]), str(said["text"]).encode()
        channel, thread = await self._where(job)
        if job.tries and await self._has_file(channel, thread, name):
            return {}
        place = await self.slack.call(
            "files.getUploadURLExternal", filename=name, length=len(content)
        )
        await self.slack.upload(str(place["upload_url"]), content)
        await self.slack.call(
            "files.completeUploadExternal",
            files=[{"id": place["file_id"], "title": str(said.get("title") or name)}],
            channel_id=channel,
            thread_ts=thread or None,
        )
        return {}

    async def _has_file(self, channel: str, thread: str, name: str) -> bool:
        async for said in self.saying.said(channel, thread):
            if any(file.get("name") == name for file in said.get("files") or ()):
                return True
        return False

    async def _unless(self, code: str, method: str, **arguments: Any) -> None:
        try:
            await self.slack.call(method, **arguments)
        except SlackRefused as refused:
            if refused.code != code:
                raise

    def _message(self, job: Job) -> Message:
        """An announcement names the room, unless it is a private one."""
        public = not job.facts.get("incident", {}).get("private")
        named = _announces(job) and _has_room(job) and public
        foot = [b.context(f"Room: <#{room_of(job)}>")] if named else []
        return message(job.card or Card(job.line), version=_version(job), foot=foot)


def _announces(job: Job) -> bool:
    said = job.payload
    return said.get("slot") == "announcement" or said.get("where") == "announcements"


def _has_room(job: Job) -> bool:
    room = job.places.get("room", {})
    return bool(room.get("id")) and not room.get("digest")


def _is_over(job: Job) -> bool:
    return str(job.facts.get("incident", {}).get("status")) in OVER


def _version(job: Job) -> int | None:
    version = job.facts.get("incident", {}).get("version")
    return version if isinstance(version, int) else None


def _url(job: Job) -> str:
    return str(job.facts.get("incident", {}).get("url") or "")
