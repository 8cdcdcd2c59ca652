"""What people do in Teams, kept before it is acknowledged and carried out after.

Teams waits fifteen seconds at most, and sends again what nobody took. So a command is kept by its
key, and a task goes on: what comes twice is kept once, and nothing that was acknowledged is lost. A
message is acknowledged as soon as it is kept; who presses or fills in looks at a wheel until the
answer is there, so these wait for it, but not for long.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import structlog

from bot.cards.inputs import Choices
from bot.cards.rooted import rooted
from bot.chat.call import Call, Reply
from bot.chat.desk import Desk
from bot.chat.inbox import NOT_RECORDED
from bot.chat.tasks import Tasks
from bot.domain.errors import DeliveryError, Overloaded
from bot.platforms.teams.answers import Answers
from bot.platforms.teams.heard import (
    AGAIN,
    OK,
    UNKNOWN,
    Answer,
    Asked,
    Changed,
    ForTimeline,
    Moved,
    Refreshed,
    Said,
    Way,
)
from bot.platforms.teams.identity import Identity
from bot.platforms.teams.prefill import Prefill
from bot.platforms.teams.read import read
from bot.platforms.teams.references import References
from bot.platforms.teams.replies import Replies
from bot.platforms.teams.timeline import Timeline, quoted_by

log = structlog.get_logger()

KEPT_WITHIN: Final = 2.5
"""Seconds for all that happens before a command is kept, asking Teams who speaks included."""

WAITS: Final = 4.0
"""Seconds that somebody who pressed or filled in waits; after that the reply comes as a message."""


class Inbound:
    """`people` gives (id, name) pairs for fields that ask for a person."""

    def __init__(
        self,
        *,
        desk: Desk,
        identity: Identity,
        references: References,
        replies: Replies,
        tasks: Tasks,
        people: Callable[[], Choices],
        public_url: str,
    ) -> None:
        self.desk, self.identity, self.references = desk, identity, references
        self.replies, self.tasks = replies, tasks
        self.timeline = Timeline(desk, identity)
        prefill = Prefill(self.timeline)
        self.answers = Answers(desk, replies, tasks, prefill, people=people, public_url=public_url)

    async def __call__(self, activity: Mapping[str, Any]) -> Answer:
        """What Teams is told. Raises Unreadable: the activity is none of Teams'."""
        heard = read(activity)
        match heard:
            case None:
                return UNKNOWN if activity.get("type") == "invoke" else OK
            case Moved():
                return await self._follow(heard)
            case Refreshed():
                return await self._refreshed(heard)
            case Changed():
                return await self._changed(heard)
            case _:
                return await self._in_time(heard)

    async def _follow(self, moved: Moved) -> Answer:
        try:
            await self.references.follow(moved)
        except Overloaded as full:
            log.warning("teams_event_not_recorded", why=str(full))
            return AGAIN
        return OK

    async def _refreshed(self, heard: Refreshed) -> Answer:
        """Their own card of an incident, as they may see it now."""
        try:
            async with asyncio.timeout(KEPT_WITHIN):
                actor = await self.identity.actor(heard.by, heard.where)
                return await self.answers.refreshed(heard.incident, actor, heard.by)
        except (TimeoutError, Overloaded) as late:
            log.warning("teams_card_not_refreshed", why=str(late) or "it took too long")
            return self.answers.not_now()

    async def _changed(self, heard: Changed) -> Answer:
        try:
            async with asyncio.timeout(KEPT_WITHIN):
                calls = await self.timeline.corrections(heard)
                new = [call for call in calls if await self.desk.inbox.keep(call) is None]
        except (TimeoutError, Overloaded, DeliveryError) as late:
            log.warning("teams_edit_not_followed", why=str(late) or "it took too long")
            return AGAIN
        for call in new:
            self.tasks.begin(self.desk.inbox.carry_out(call), f"teams {call.key}")
        return OK

    async def _in_time(self, heard: Asked) -> Answer:
        try:
            async with asyncio.timeout(KEPT_WITHIN):
                call = await self._call(heard)
                told = await self.desk.inbox.keep(call) if call is not None else None
        except (TimeoutError, Overloaded, DeliveryError) as late:
            log.warning("teams_not_recorded", why=str(late) or "it took too long")
            return self._not_recorded(heard)
        if call is None:
            return OK
        self.tasks.begin(self.references.learn(heard.by, heard.where), "teams reference")
        if told is not None:
            return await self.answers.at_once(told, heard)
        return await self._go_on(call, heard)

    async def _call(self, heard: Asked) -> Call | None:
        match heard:
            case ForTimeline():
                return await self.timeline.line(heard)
            case Said():
                return await self._command(heard)

    async def _command(self, said: Said) -> Call:
        where, text = said.where, said.text
        message = said.key.rpartition(":")[2] if said.way is Way.MESSAGE else ""
        actor = await self.identity.actor(said.by, where, message=message)
        if said.way is Way.MESSAGE:
            text = await self.timeline.plain(text, said.mentions, where)
        return Call(
            key=said.key,
            platform="teams",
            actor=actor,
            text=text,
            room=await self.timeline.incident(where),
            answers=said.answers,
            seen=said.seen,
            quotes=quoted_by(text) if said.way is not Way.MESSAGE else "",
        )

    # after it is kept

    async def _go_on(self, call: Call, heard: Asked) -> Answer:
        work = self.tasks.begin(self._carry_out(call), f"teams {call.key}")
        if heard.way is Way.MESSAGE:
            self.tasks.begin(self._tell(work, heard), f"teams reply {call.key}")
            return OK
        await asyncio.wait({work}, timeout=WAITS)
        if not work.done():
            self.tasks.begin(self._tell(work, heard), f"teams reply {call.key}")
            return self.answers.later(heard)
        if work.cancelled() or work.exception() is not None:
            return self.answers.sorry(heard)
        return await self.answers.to(work.result(), heard, call.actor)

    async def _carry_out(self, call: Call) -> Reply:
        """What it came to, with links that lead to our pages from Teams."""
        reply = await self.desk.inbox.carry_out(call)
        return replace(reply, card=reply.card and rooted(reply.card, self.answers.public_url))

    async def _tell(self, work: asyncio.Task[Reply], heard: Asked) -> None:
        """Said, unless nobody asked: a line that was kept or mended by itself says nothing."""
        reply = await asyncio.shield(work)
        if isinstance(heard, Said) or heard.way is Way.OPEN:
            await self.replies.reply(reply, heard.by, heard.where)

    def _not_recorded(self, heard: Asked) -> Answer:
        """A message comes again by itself; a person is asked to repeat it, in Teams' own answer."""
        if heard.way is Way.MESSAGE:
            return AGAIN
        return self.answers.words(str(NOT_RECORDED.card.title if NOT_RECORDED.card else ""), heard)
