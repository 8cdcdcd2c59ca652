"""What people said in a channel or a chat before Muster was asked in: read through Graph.

A bot is shown only what is said after it came; an app may read what was said before, where the team
consented to `ChannelMessage.Read.Group` (`ChatMessage.Read.Chat` in a chat).
https://learn.microsoft.com/graph/api/channel-list-messages, /chat-list-messages
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from bot.platforms.teams.addresses import is_chat
from bot.platforms.teams.connector import Connector
from bot.platforms.teams.errors import TeamsRefused
from bot.platforms.teams.graph import Graph
from bot.platforms.teams.heard import By, Where
from bot.platforms.teams.identity import BOT
from bot.platforms.teams.references import References
from bot.platforms.teams.timeline import Timeline, place_of
from bot.platforms.teams.words import from_html, words
from bot.ports.clock import Clock
from bot.ports.existing import LOOKS_BACK, MOST_LINES, Line

log = structlog.get_logger()

NOT_FOR_US: Final = frozenset({400, 403, 404})
"""Statuses that say: this is not granted, or not there for us."""

_AT: Final = re.compile(r'<at id="(\d{1,4})"[^<>]{0,200}>(.*?)</at>', re.DOTALL)

Said = Mapping[str, Any]


class History:
    """`graph` is there where it is granted."""

    def __init__(
        self,
        connector: Connector,
        references: References,
        timeline: Timeline,
        clock: Clock,
        graph: Graph | None,
    ) -> None:
        self.connector, self.references, self.timeline = connector, references, timeline
        self.clock, self.graph = clock, graph

    async def __call__(self, where: Where) -> tuple[Line, ...]:
        """The newest of what people said there lately, the oldest first; nothing, where nobody
        lets us. Raises DeliveryError, Overloaded."""
        if self.graph is None:
            return ()
        since = self.clock.wall() - LOOKS_BACK
        try:
            said = await self._read(self.graph, where, since)
        except TeamsRefused as refused:
            if refused.http not in NOT_FOR_US:
                raise
            log.info("teams_history_not_read", room=where.room, why=str(refused))
            return ()
        app = str(self.connector.bot["id"]).removeprefix(BOT)
        talk = (one for one in _with_replies(said) if _by_a_person(one))
        mine = [one for one in talk if _at(one) >= since and not _is_command(one, app)]
        newest = sorted(mine, key=_at)[-MOST_LINES:]
        return tuple([await self._line(one, where) for one in newest])

    async def _read(self, graph: Graph, where: Where, since: datetime) -> Sequence[Said]:
        if is_chat(where.room):
            return await graph.chat_messages(where.room, 2 * MOST_LINES)
        team = self.references.team_of(where.room)
        group = await self.connector.group_of(team) if team else graph.team
        if not group:
            return ()
        return await graph.channel_messages(group, where.room, 2 * MOST_LINES)

    async def _line(self, said: Said, where: Where) -> Line:
        user = said["from"]["user"]
        by = By(user="", aad=str(user["id"]), name=str(user.get("displayName") or ""))
        text, link = await self._words(said, where), str(said.get("webUrl") or "")
        told = await self.timeline.quote(by, text, link, where)
        return Line(_at(said), told, place_of(where.room, str(said["id"])))

    async def _words(self, said: Said, where: Where) -> str:
        """As their reader saw them, with people by the names they have here."""
        body = said.get("body") or {}
        text = str(body.get("content") or "")
        if body.get("contentType") != "html":
            return text.strip()
        named = {
            str(one.get("id")): str(_mentioned(one, "user").get("id") or "")
            for one in said.get("mentions") or ()
        }
        await self.timeline.identity.meet(filter(None, named.values()), where)
        marks: dict[str, str] = {}

        def mark(found: re.Match[str]) -> str:
            marks[f"<at>{found[2]}</at>"] = named.get(found[1], "")
            return f"&lt;at&gt;{found[2]}&lt;/at&gt;"

        plain = from_html(_AT.sub(mark, text))
        return words(plain, marks, self.timeline.identity.person_of)


def _with_replies(said: Sequence[Said]) -> Iterator[Said]:
    for one in said:
        yield one
        yield from one.get("replies") or ()


def _by_a_person(said: Said) -> bool:
    by = (said.get("from") or {}).get("user") or {}
    gone = said.get("deletedDateTime")
    return said.get("messageType", "message") == "message" and bool(by.get("id")) and not gone


def _is_command(said: Said, app: str) -> bool:
    """It was said to us."""
    return any(
        _mentioned(one, "application").get("id") == app for one in said.get("mentions") or ()
    )


def _mentioned(mention: Said, what: str) -> Said:
    return (mention.get("mentioned") or {}).get(what) or {}


def _at(said: Said) -> datetime:
    return datetime.fromtimestamp(int(said["id"]) / 1000, UTC)
