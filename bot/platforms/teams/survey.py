"""A channel or a group chat that people had already, before it becomes the room of an incident.

What was said there lately is brought along where Graph is granted, see `history`.
"""

from collections.abc import Iterable
from typing import Final

import structlog

from bot.domain.errors import DeliveryError, Invalid, Overloaded
from bot.platforms.teams.addresses import THREAD, is_channel, is_chat
from bot.platforms.teams.connector import Connector
from bot.platforms.teams.heard import Kind, Where
from bot.platforms.teams.history import History
from bot.platforms.teams.identity import Identity
from bot.platforms.teams.listen import TeamsListener
from bot.platforms.teams.platform import TeamsPlatform
from bot.ports.clock import Clock
from bot.ports.existing import HERE, Existing

log = structlog.get_logger()

NAMES: Final = {True: "this group chat", False: "this channel"}
"""A bot is not told what it is called."""


def survey(channel: TeamsPlatform, listener: TeamsListener, clock: Clock) -> "Look":
    """Both halves together: who speaks asks for the members, who listens knows them."""
    posts = channel.posts
    taken = (posts.incidents, posts.announcements)
    inbound, directory = listener.inbound, channel.directory
    history = History(
        channel.connector, channel.references, inbound.timeline, clock, directory.graph
    )
    return Look(channel.connector, inbound.identity, history, taken=taken)


class Look:
    """`taken` are the channels that have another purpose."""

    def __init__(
        self, connector: Connector, identity: Identity, history: History, *, taken: Iterable[str]
    ) -> None:
        self.connector, self.identity, self.history = connector, identity, history
        self.taken = frozenset(filter(None, taken))

    async def __call__(self, channel: str) -> Existing:
        """A thread stands for its channel. Raises Invalid, see `bot.ports.existing`."""
        room, _, _ = channel.partition(THREAD)
        private = is_chat(room)
        if not private and not is_channel(room):
            raise _no("A chat with Muster alone cannot become a room; say it in a channel.")
        if room in self.taken:
            raise _no("This channel is where incidents open or are announced; it cannot be a room.")
        try:
            where = Where(room=room, kind=Kind.GROUP if private else Kind.CHANNEL, service_url="")
            return Existing(
                channel=room,
                name=NAMES[private],
                private=private,
                people=await self._people(where, chat=private),
                said=await self.history(where),
            )
        except (DeliveryError, Overloaded) as silent:
            log.warning("teams_channel_not_surveyed", channel=room, why=str(silent))
            raise _no(f"I could not look at {NAMES[private]}: {silent}.") from silent

    async def _people(self, where: Where, *, chat: bool) -> tuple[str, ...]:
        """Who is in a chat; a channel is open to its team, which is only knocked at."""
        if not chat:
            await self.connector.knock(where.room)
            return ()
        users = [str(one.get("id") or "") async for one in self.connector.members(where.room)]
        await self.identity.meet(users, where)
        known = (self.identity.person_of(user) for user in users)
        return tuple(dict.fromkeys(id for id in known if id is not None))


def _no(why: str) -> Invalid:
    return Invalid(why, field=HERE)
