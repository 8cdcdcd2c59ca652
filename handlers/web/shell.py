"""What surrounds every page: who looks, what waits for them, the reply to what they did."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from aiohttp import web
from markupsafe import Markup

from bot.cards.analysis import Suggested
from bot.cards.page import CANNOT
from bot.cards.plain_text import one_line
from bot.chat.call import Call, Reply
from bot.domain.card import Card, Foreign
from bot.domain.incident import Incident
from bot.domain.people import Actor, Right
from bot.domain.policy import Policies
from bot.engine.hold import Hold
from bot.platforms.web.forms import FormHtml
from bot.platforms.web.render import CardHtml, Posting
from bot.ports.clock import Clock
from bot.ports.hub import Hub
from bot.ports.notices import Notices, Waiting
from bot.ports.queries import Queries
from handlers.web.pages import html, render
from handlers.web.visitor import Visitor, Visitors


@dataclass(frozen=True, slots=True)
class Said:
    """A reply as it stands on a page: for the asker's eyes alone."""

    html: Markup
    reply: Reply


Suggests = Callable[[Incident, Actor], Awaitable[Sequence[Suggested]]]


async def nothing(incident: Incident, actor: Actor) -> Sequence[Suggested]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """`new_key` makes a UUID. `sample` is a shell command that fires a sample alert, in dev.

    `suggested`: what somebody may press in a room besides. `complaints`: what admins are to mend.
    """

    visitors: Visitors
    queries: Queries
    notices: Notices
    hub: Hub
    policies: Callable[[], Policies]
    clock: Clock
    hold: Hold | None = None
    new_key: Callable[[], str] = lambda: str(uuid4())
    sample: str = ""
    suggested: Suggests = nothing
    complaints: Callable[[], Sequence[str]] = tuple

    async def page(
        self,
        template: str,
        visitor: Visitor,
        *,
        title: str,
        path: str,
        room: int | None = None,
        said: Said | None = None,
        **values: Any,
    ) -> web.Response:
        """The page, with the status of the reply it carries."""
        waiting = await self.notices.waiting(visitor.id)
        body = render(
            template,
            title=one_line(title),
            path=path,
            visitor=visitor,
            posting=self.posting(visitor, room),
            room=room,
            said=said,
            waiting=len(waiting),
            alarm=self.alarm(waiting, visitor),
            on_hold=await self.on_hold(),
            complaints=self.complaints() if visitor.person.rights is Right.ADMIN else (),
            actors=self.actors() if self.visitors.dev else [],
            **values,
        )
        return html(body, status=said.reply.status if said else 200)

    async def on_hold(self) -> bool:
        return self.hold is not None and await self.hold.on()

    async def seen(self, visitor: Visitor, notice: int | None) -> None:
        """The visitor has seen this notice of theirs, or all: it rings no more, on no page."""
        await self.notices.seen(visitor.id, notice)
        self.hub.noticed(visitor.id)

    def posting(self, visitor: Visitor, room: int | None, *, seen: int | None = None) -> Posting:
        action = "/command" if room is None else f"/incidents/{room}/command"
        return Posting(action, visitor.csrf, self.new_key, seen)

    def people(self) -> list[tuple[str, str]]:
        """(id, name) of everybody, for forms."""
        return [(id, person.name or id) for id, person in self.policies().people.items()]

    def actors(self) -> list[tuple[str, str]]:
        """(id, name) of those one may act as in dev."""
        return [(id, person.name or id) for id, person in self.visitors.readers().items()]

    def alarm(self, waiting: Sequence[Waiting], visitor: Visitor) -> Markup:
        """The incidents that ring now, each with what can be done about it."""
        newest = {
            one.notice.incident or -one.notice.id: one.notice
            for one in reversed(waiting)
            if one.rings
        }
        ringing = list(reversed(newest.values()))
        return Markup(  # the template escapes; what it returns is finished
            render(
                "_alarm.html",
                ringing=ringing,
                posting=self.posting(visitor, None),
                csrf=visitor.csrf,
                cannot=CANNOT,
            )
        )

    def said(self, call: Call, reply: Reply, visitor: Visitor) -> Said:
        posting = self.posting(visitor, call.room, seen=reply.version)
        if reply.form is not None:
            form = FormHtml(posting, self.people())
            answers = call.answers if reply.wrong else None
            return Said(form.form(reply.form, answers, reply.wrong), reply)
        if reply.card is None:
            wrong = "\n".join(reply.wrong.values()) or "Done."
            reply = replace(reply, card=Card(wrong if not reply.wrong else "Not yet", _body(wrong)))
        assert reply.card is not None
        shown = CardHtml(posting, heading=2).card(reply.card)
        return Said(shown + self._way_there(shown, call, reply), reply)

    def _way_there(self, shown: Markup, call: Call, reply: Reply) -> Markup:
        """A link to the incident a reply is about, where one is elsewhere and it has none."""
        address = f"/incidents/{reply.incident}"
        if reply.incident is None or reply.incident == call.room or address in shown:
            return Markup("")
        return Markup('<p class="about"><a href="{}">Open #{}</a></p>').format(
            address, reply.incident
        )


def _body(wrong: str) -> tuple[Foreign, ...]:
    return (Foreign(wrong),)
