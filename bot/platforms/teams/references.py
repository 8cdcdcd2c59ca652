"""Where people and rooms can be written to: learned from whatever Teams sends, and forgotten when
the bot is removed or a place is gone.

What is renamed stays where it is: everything is kept by its id.
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/subscribe-to-conversation-events
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import structlog

from bot.platforms.teams.heard import By, Kind, Moved, Where
from bot.ports.references import KeepsReferences, Reference

log = structlog.get_logger()

PLATFORM: Final = "teams"
SERVICE: Final = "service"
"""What the address that was believed last is kept under."""

REMEMBERED: Final = 10_000


class References:
    """What was seen lately is remembered, so that only news is written."""

    def __init__(self, kept: KeepsReferences) -> None:
        self.kept = kept
        self._seen: OrderedDict[str, Reference] = OrderedDict()
        self._teams: OrderedDict[str, str] = OrderedDict()

    def team_of(self, channel: str) -> str:
        """The team of a channel that was heard from since the process began; else empty."""
        return self._teams.get(channel, "")

    async def find(self, about: str) -> Reference | None:
        """Where to write to a person (object id), a channel, a team or a chat."""
        return await self.kept.find(PLATFORM, about)

    async def service(self) -> str:
        """Where Teams was last heard from; empty before the first time."""
        found = await self.find(SERVICE)
        return found.service if found else ""

    async def served_at(self, conversation: str) -> str:
        """Where this conversation was last heard from, else where anything was; else empty."""
        found = await self.find(conversation.partition(";")[0])
        return found.service if found else await self.service()

    async def learn(self, by: By, where: Where) -> None:
        """That we were spoken to here, by them."""
        if where.team:
            self._teams[where.room] = where.team
            self._teams.move_to_end(where.room)
            while len(self._teams) > REMEMBERED:
                self._teams.popitem(last=False)
        for reference in _from(by, where):
            await self._keep(reference)

    async def opened(self, by: By, where: Where, conversation: str) -> Reference:
        """That there is a chat with them alone, though they have not said a word in it yet."""
        reference = _reference(by.aad, conversation, where, by.user)
        await self._keep(reference)
        return reference

    async def forget(self, about: str) -> None:
        """Nothing can be written there any more."""
        await self.kept.forget(PLATFORM, about)
        self._seen.pop(about, None)

    async def follow(self, moved: Moved) -> None:
        """What became of a team, a channel, or of the bot in one of them."""
        log.info("teams_moved", what=moved.event, room=moved.where.room, name=moved.name)
        gone = GONE.get(moved.event)
        if gone is None:
            await self.learn(moved.by, moved.where)
            return
        for about in filter(None, gone(moved)):
            await self.forget(about)

    async def _keep(self, reference: Reference) -> None:
        about = reference.about
        if self._seen.get(about) == reference:
            self._seen.move_to_end(about)
            return
        await self.kept.keep(reference)
        self._seen[about] = reference
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)


def _from(by: By, where: Where) -> Iterator[Reference]:
    yield _reference(SERVICE, "", where)
    if where.kind is Kind.PERSONAL:
        if by.aad:
            yield _reference(by.aad, where.room, where, by.user)
        return
    yield _reference(where.room, where.room, where)
    if where.team and where.team != where.room:
        yield _reference(where.team, where.team, where)


def _reference(about: str, conversation: str, where: Where, member: str = "") -> Reference:
    return Reference(
        platform=PLATFORM,
        about=about,
        conversation=conversation,
        service=where.service_url,
        member=member,
    )


def _all_of_it(moved: Moved) -> tuple[str, ...]:
    """The bot was put out of a chat, or of a team."""
    where = moved.where
    return (moved.by.aad,) if where.kind is Kind.PERSONAL else (where.room, where.team)


def _channel(moved: Moved) -> tuple[str, ...]:
    return (moved.where.room,)


def _team(moved: Moved) -> tuple[str, ...]:
    return (moved.where.room, moved.where.team)


GONE: Final[Mapping[str, Callable[[Moved], tuple[str, ...]]]] = {
    "installation.remove": _all_of_it,
    "channelDeleted": _channel,
    "teamDeleted": _team,
    "teamHardDeleted": _team,
}
"""Events after which a place cannot be written to; whoever is heard from again is there again."""
