"""Commands are kept before they are acknowledged, carried out once, and answered again if asked.

A command whose process died after it was kept is carried out at the next start; its asker sees the
effect, not the reply.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from bot.chat.call import Call, Reply, Talk
from bot.chat.router import Router
from bot.chat.tasks import Tasks
from bot.domain.card import Card, Text, say
from bot.domain.errors import Overloaded
from bot.domain.people import SYSTEM, Actor
from bot.engine.work import Work
from bot.ports.failpoint import failpoint
from bot.ports.store import Invoked, Lane, Unit

log = structlog.get_logger()

MUST_BE_KEPT_IN: Final = 2.0
UNKEEPABLE: Final = re.compile("[\x00\ud800-\udfff]")
LEFT_BEHIND: Final = timedelta(seconds=30)
"""An invocation that nobody finished for this long lost its process."""

NOT_RECORDED: Final = Reply(card=say("Not recorded. Please repeat it."), ok=False, status=503)


@dataclass(slots=True)
class Waiting:
    """Somebody waits for a command to be kept: since when it is, and whether they gave up."""

    kept_at: datetime | None = None
    given_up: bool = False

    def still(self) -> None:
        """Raises Overloaded: they do not, so there is nothing to keep."""
        if self.given_up:
            raise Overloaded("The command was not kept in time.")


class Inbox:
    """`who` gives a person as an actor by id, None where they are gone."""

    def __init__(
        self, work: Work, router: Router, who: Callable[[str, Mapping[str, str]], Actor | None]
    ) -> None:
        self.work, self.router, self.who = work, router, who
        self.tasks = Tasks()

    async def __call__(self, call: Call) -> Reply:
        """Keeps the command, carries it out, keeps what it came to."""
        try:
            told = await self.keep(call)
        except Overloaded:
            return NOT_RECORDED
        return told or await self.carry_out(call)

    async def keep(self, call: Call) -> Reply | None:
        """Keeps the command; from then on it is safe to say that it was heard.

        None where it is new: whoever kept it carries it out. Else what was said to it before.

        Raises:
            Overloaded: it was not kept in time; whoever sent it must send it again.
        """
        waiting = Waiting()
        keeping = asyncio.create_task(self._keep(_keepable(call), waiting))
        try:
            async with asyncio.timeout(MUST_BE_KEPT_IN):
                known = await asyncio.shield(keeping)
        except (TimeoutError, asyncio.CancelledError) as late:
            waiting.given_up = True
            self.tasks.begin(self._take_back(keeping, call.key, waiting), f"too late {call.key}")
            if isinstance(late, TimeoutError):
                waiting.still()
            raise
        await failpoint("inbox.after_keep")
        return None if known is None else _told_before(known)

    async def _take_back(self, keeping: asyncio.Task[Any], key: str, waiting: Waiting) -> None:
        """A commit may go through after they gave up: they were told to repeat what it keeps."""
        await asyncio.wait({keeping})
        if keeping.exception() is not None or (kept_at := waiting.kept_at) is None:
            return

        async def do(unit: Unit) -> None:
            await unit.forget(key, kept_at)

        await self.work(do, lane=Lane.HEARING)

    async def carry_out(self, call: Call) -> Reply:
        """Does what was kept, and keeps what it came to."""
        reply = await self.router(_keepable(call))
        await self._answered(call.key, reply)
        await failpoint("inbox.before_reply")
        return reply

    async def kept_at(self, key: str) -> datetime | None:
        """When the command of this key was kept; None where none was."""

        async def read(unit: Unit) -> Mapping[str, Any] | None:
            return await unit.invoked(key)

        known = await self.work(read, lane=Lane.COMMANDS)
        return known["received_at"] if known else None

    async def _keep(self, call: Call, waiting: Waiting) -> Mapping[str, Any] | None:
        """None where it is new; else what is kept of it. Raises Overloaded: nobody waits now."""
        invoked = Invoked(
            key=call.key,
            platform=call.platform,
            actor=call.actor.id,
            text=call.text,
            payload={
                "room": call.room,
                "answers": dict(call.answers) if call.answers is not None else None,
                "origin": dict(call.actor.origin),
                "seen": call.seen,
                "quotes": call.quotes,
                "talk": call.talk,
            },
        )

        async def do(unit: Unit) -> Mapping[str, Any] | None:
            waiting.still()
            made, known = await unit.invoke(invoked), None
            while not made and (known := await unit.ask_again(call.key)) is None:
                made = await unit.invoke(invoked)  # it was taken back right now
            waiting.kept_at = unit.now if made else None
            waiting.still()
            return known

        return await self.work(do, lane=Lane.HEARING)

    async def _answered(self, key: str, reply: Reply) -> None:
        kept = {
            "text": reply.card.fallback or reply.card.title if reply.card else "",
            "ok": reply.ok,
            "incident": reply.incident,
            "status": reply.status,
            "wrong": dict(reply.wrong),
        }

        async def do(unit: Unit) -> None:
            await unit.answer(key, kept)

        await self.work(do, lane=Lane.COMMANDS)

    async def stop(self) -> None:
        """What went on behind somebody's back has a moment to end."""
        await self.tasks.finish(MUST_BE_KEPT_IN)

    async def recover(self, before: datetime | None = None) -> int:
        """Carries out what a dead process left behind; returns how many.

        `before`: all that was kept until then and is not finished has lost its process.
        """

        async def read(unit: Unit) -> list[Mapping[str, Any]]:
            return await unit.left_behind(before or unit.now - LEFT_BEHIND)

        rows = await self.work(read, lane=Lane.COMMANDS)
        for row in rows:
            payload = row["payload"]
            actor = self.who(row["actor"], payload.get("origin") or {})
            if actor is None and row["actor"] == SYSTEM.id:
                actor = SYSTEM
            if actor is None:
                await self._answered(row["key"], Reply(card=say("Who asked is gone."), ok=False))
                continue
            call = Call(
                key=row["key"],
                platform=row["platform"],
                actor=actor,
                text=row["text"],
                room=payload.get("room"),
                answers=payload.get("answers"),
                interactive=False,
                seen=payload.get("seen"),
                quotes=payload.get("quotes") or "",
                talk=Talk(payload.get("talk") or ""),
            )
            log.info("command_recovered", key=call.key, platform=call.platform)
            await self._answered(call.key, await self.router(call))
        return len(rows)


def _keepable(call: Call) -> Call:
    """Without the characters that no database takes."""
    answers = call.answers
    if answers is not None:
        answers = {name: UNKEEPABLE.sub("\ufffd", said) for name, said in answers.items()}
    return replace(call, text=UNKEEPABLE.sub("\ufffd", call.text), answers=answers)


def _told_before(known: Mapping[str, Any]) -> Reply:
    """What it was told then; or that it is on its way."""
    reply = known.get("reply")
    if not reply:
        text = "That is done already." if known.get("done_at") else "That is on its way already."
        return Reply(card=say(text))
    text = str(reply.get("text") or "Done.")
    return Reply(
        card=Card(text, (Text("You have asked this before; it was done once."),)),
        wrong=reply.get("wrong") or {},
        ok=bool(reply.get("ok", True)),
        incident=reply.get("incident"),
        status=int(reply.get("status", 200)),
    )
