"""Typed, pressed or filled in: every command of the browser comes here.

With `Accept: application/json` the answer is a fragment for the page's script; without JavaScript
it is the whole page with the reply on it.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from aiohttp import web

from bot.chat.call import Call
from bot.domain.errors import Invalid, NotFound
from bot.platforms.web.forms import PREFIX
from handlers.http import answer
from handlers.web.incidents import IncidentPages, number_in
from handlers.web.needs import Completes, Inbox
from handlers.web.pages import SECURITY
from handlers.web.shell import Said, Shell
from handlers.web.visitor import Visitor, invocation_key, read_number

LONGEST: Final = 12_000

_AS_IN_CHAT: Final = re.compile(r"(?:@muster|/incident)(?:\s+|$)", re.IGNORECASE)
"""How Slack and Teams are told that Muster is meant; here nobody else is listening."""


class Commands:
    def __init__(
        self, shell: Shell, pages: IncidentPages, inbox: Inbox, complete: Completes
    ) -> None:
        self.shell, self.pages, self.inbox, self._complete = shell, pages, inbox, complete

    async def anywhere(self, request: web.Request) -> web.StreamResponse:
        fields = await self.shell.visitors.form(request)
        visitor = await self.shell.visitors.who(request)
        said = await self.carry_out(visitor, fields, None)
        if wants_json(request):
            return fragment(said)
        return await self.pages.show_list(visitor, {}, said)

    async def in_room(self, request: web.Request) -> web.StreamResponse:
        fields = await self.shell.visitors.form(request)
        visitor = await self.shell.visitors.who(request)
        number = number_in(request)
        await self.must_exist(number, visitor)
        said = await self.carry_out(visitor, fields, number)
        if wants_json(request):
            return fragment(said)
        return await self.pages.show_room(visitor, number, said)

    async def carry_out(
        self, visitor: Visitor, fields: Mapping[str, str], room: int | None
    ) -> Said:
        answers = {
            name.removeprefix(PREFIX): given
            for name, given in fields.items()
            if name.startswith(PREFIX)
        }
        text = _meant(fields.get("text", "").strip())
        if len(text) > LONGEST:
            raise Invalid(f"A command has at most {LONGEST} characters; this has {len(text)}.")
        call = Call(
            key=invocation_key(visitor, fields.get("key", "")),
            platform="web",
            actor=visitor.actor(room),
            text=text,
            room=room,
            answers=answers if answers or "form" in fields else None,
            seen=read_number(fields.get("seen", "")),
        )
        reply = await self.inbox(call)
        answered = read_number(fields.get("notice", ""))
        if reply.ok and answered is not None:
            await self.shell.seen(visitor, answered)
        return self.shell.said(call, reply, visitor)

    async def must_exist(self, number: int, visitor: Visitor) -> None:
        if await self.shell.queries.incident(number, visitor.viewer) is None:
            raise NotFound(f"There is no incident #{number}.")

    async def complete(self, request: web.Request) -> web.Response:
        """`?text=&room=` → `[{"line", "about"}]`: whole lines that may be meant."""
        visitor = await self.shell.visitors.who(request)
        number = read_number(request.query.get("room", ""))
        if number is not None:
            await self.must_exist(number, visitor)
        text = request.query.get("text", "")[:200]
        found = await self._complete(text, visitor.actor(number), number)
        return answer([asdict(one) for one in found], headers=SECURITY)


def _meant(text: str) -> str:
    habit = _AS_IN_CHAT.match(text)
    return text[habit.end() :] if habit else text


def wants_json(request: web.Request) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def fragment(said: Said) -> web.Response:
    """For the script: the reply's HTML, and whether it is a form to open."""
    reply = said.reply
    return answer(
        {
            "ok": reply.ok,
            "html": str(said.html),
            "form": reply.form is not None,
            "incident": reply.incident,
        },
        status=reply.status,
        headers=SECURITY,
    )
