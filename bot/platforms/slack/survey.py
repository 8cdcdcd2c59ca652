"""A channel that people had already, looked at before it becomes the room of an incident."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from bot.cards.names import person_name
from bot.domain.errors import DeliveryError, Invalid, Overloaded
from bot.platforms.slack.client import Slack
from bot.platforms.slack.directory import Directory
from bot.platforms.slack.errors import SlackRefused
from bot.platforms.slack.follow import quoted
from bot.platforms.slack.heard import Message
from bot.platforms.slack.identity import Identity
from bot.platforms.slack.listen import SlackListener
from bot.platforms.slack.payload import message_of
from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.slack.read import SAID_BY_PEOPLE
from bot.platforms.slack.words import mentioned, words
from bot.platforms.slack.workspace import Workspace
from bot.ports.clock import Clock
from bot.ports.existing import HERE, LOOKS_BACK, MOST_LINES, Existing, Line

log = structlog.get_logger()

QUOTED: Final = 1_500
"""Characters of a message that a line of the timeline quotes; its permalink has the rest."""

MEMBERS: Final = 200

THREADS: Final = 20
"""Threads whose replies are brought along, the newest ones; Slack allows 50 such calls a minute."""

NOT_ROOMS: Final[tuple[tuple[str, str], ...]] = (
    ("is_im", "A direct message cannot become a room; say it in a channel."),
    ("is_mpim", "A group message cannot become a room; say it in a channel."),
    ("is_archived", "This channel is archived."),
    ("is_general", "This channel has everybody in it; a room is for those who work on it."),
    ("is_ext_shared", "People of another company read this channel; it cannot become a room."),
)
"""What Slack says of a channel, and why it will not do."""


def survey(channel: SlackPlatform, listener: SlackListener, clock: Clock) -> "Look":
    """Both halves together: who speaks knows the channels, who listens knows the people."""
    posts = channel.posts
    return Look(
        channel.slack,
        channel.directory,
        listener.identity,
        listener.workspace,
        clock,
        taken=(posts.digest, posts.announcements),
    )


class Look:
    """`taken` are the channels that have another purpose, as settings name them."""

    def __init__(
        self,
        slack: Slack,
        directory: Directory,
        identity: Identity,
        workspace: Workspace,
        clock: Clock,
        *,
        taken: Iterable[str],
    ) -> None:
        self.slack, self.directory, self.identity = slack, directory, identity
        self.workspace, self.clock = workspace, clock
        self.taken = tuple(filter(None, taken))

    async def __call__(self, channel: str) -> Existing:
        """Joins it where it is open to everybody. Raises Invalid, see `bot.ports.existing`."""
        if channel.startswith("D"):
            raise _no(dict(NOT_ROOMS)["is_im"])
        try:
            return await self._seen(channel)
        except (DeliveryError, Overloaded) as silent:
            log.warning("slack_channel_not_surveyed", channel=channel, why=str(silent))
            raise _no(f"I could not look at this channel: {silent}.") from silent

    async def _seen(self, channel: str) -> Existing:
        about = await self._about(channel)
        for sign, why in NOT_ROOMS:
            if about.get(sign):
                raise _no(why)
        if await self._has_another_purpose(channel):
            raise _no("This channel is where incidents are announced; it cannot become a room.")
        private = bool(about.get("is_private"))
        if not private and not about.get("is_member"):
            await self.slack.call("conversations.join", channel=channel)
        return Existing(
            channel=channel,
            name=str(about["name"]),
            private=private,
            people=await self._people(channel) if private else (),
            said=tuple([line async for line in self._said(channel)]),
        )

    async def _about(self, channel: str) -> Mapping[str, Any]:
        try:
            found = await self.slack.call("conversations.info", channel=channel)
        except SlackRefused as refused:
            if refused.code != "channel_not_found":
                raise
            raise _no("I am not in this channel. Invite me first: /invite @Muster.") from refused
        about: Mapping[str, Any] = found["channel"]
        return about

    async def _has_another_purpose(self, channel: str) -> bool:
        for named in self.taken:
            try:
                if await self.directory.channel(named) == channel:
                    return True
            except DeliveryError as gone:
                if not gone.permanent:
                    raise
        return False

    async def _people(self, channel: str) -> tuple[str, ...]:
        found = await self.slack.call("conversations.members", channel=channel, limit=MEMBERS)
        users = [str(user) for user in found["members"]]
        await self.identity.meet(users)
        known = (self.identity.person_of(user) for user in users)
        return tuple(person for person in known if person)

    async def _said(self, channel: str) -> AsyncIterator[Line]:
        """What people said in the channel and in its threads, the oldest first."""
        since = f"{(self.clock.wall() - LOOKS_BACK).timestamp():.6f}"
        found = await self.slack.call(
            "conversations.history", channel=channel, oldest=since, limit=2 * MOST_LINES
        )
        top: list[Mapping[str, Any]] = list(found.get("messages") or ())
        talked = [one for one in top if one.get("reply_count")][:THREADS]
        replies = [said for one in talked for said in await self._replies(channel, one, since)]
        # a reply that was sent to the channel as well stands in both
        once = {str(one["ts"]): one for one in [*replies, *top] if _by_a_person(one)}
        said = [once[at] for at in sorted(once, key=float)][-MOST_LINES:]
        if not said:
            return
        newest = message_of(said[-1], channel)
        link = await self.workspace.permalink(newest)
        await self.identity.meet({user for one in said for user in _users(one)})
        for one in said:
            message = message_of(one, channel)
            text = words(message.text, self.identity.person_of) or "(no words)"
            if len(text) > QUOTED:
                text = text[:QUOTED] + "…"
            at = datetime.fromtimestamp(float(message.at), UTC)
            told = f"{self._name(message.user)}: {text}\n{_link(link, newest, message)}"
            yield Line(at, told, quoted(channel, message.at))

    async def _replies(
        self, channel: str, head: Mapping[str, Any], since: str
    ) -> Sequence[Mapping[str, Any]]:
        found = await self.slack.call(
            "conversations.replies",
            channel=channel,
            ts=str(head["ts"]),
            oldest=since,
            limit=2 * MOST_LINES,
        )
        return [one for one in found.get("messages") or () if one.get("ts") != head["ts"]]

    def _name(self, user: str) -> str:
        person = self.identity.person_of(user)
        known = self.identity.people.rules.policies.people
        return person_name(known, person) if person else "Somebody"


def _by_a_person(said: Mapping[str, Any]) -> bool:
    by_hand = str(said.get("subtype") or "") in SAID_BY_PEOPLE
    return by_hand and bool(said.get("user")) and not said.get("bot_id")


def _users(said: Mapping[str, Any]) -> list[str]:
    return [str(said["user"]), *mentioned(str(said.get("text") or ""))]


def _link(known: str, of: Message, to: Message) -> str:
    """A link to a message ends with its time; one to a reply names the head of its thread too.

    https://docs.slack.dev/reference/methods/chat.getPermalink
    """
    own = known.partition("?")[0].replace(_in_links(of.at), _in_links(to.at))
    is_reply = to.thread and to.thread != to.at
    return f"{own}?thread_ts={to.thread}&cid={to.channel}" if is_reply else own


def _in_links(at: str) -> str:
    return "/p" + at.replace(".", "")


def _no(why: str) -> Invalid:
    return Invalid(why, field=HERE)
