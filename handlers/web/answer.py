"""The page behind the link of a page: acknowledge, or pass it on, without signing in.

Looking at it does nothing; a press posts. The link itself is the credential: it names one person
and one incident, see bot/engine/page_links.py.
"""

from dataclasses import replace
from typing import Final

from aiohttp import web
from markupsafe import Markup

from bot.cards.answered import answered_card
from bot.cards.page import page_line
from bot.chat.call import Call
from bot.domain.card import Buttons, Card
from bot.domain.errors import NotFound
from bot.domain.incident import Incident
from bot.domain.people import Actor
from bot.engine.page_links import PageLink, PageLinks
from bot.platforms.web.render import CardHtml, Posting
from bot.ports.queries import Viewer
from handlers.web.needs import Inbox
from handlers.web.pages import html, render
from handlers.web.shell import Shell
from handlers.web.visitor import Visitor, invocation_key

DEEDS: Final = {
    "ack": ("Acknowledge", "ack #{number}"),
    "pass": ("Can't take it", "escalate #{number} {name} cannot take it"),
}
"""`do` → what the button says, and the command it is."""


class Answers:
    def __init__(self, shell: Shell, inbox: Inbox, links: PageLinks) -> None:
        self.shell, self.inbox, self.links = shell, inbox, links

    async def ask(self, request: web.Request) -> web.StreamResponse:
        link, visitor = self._read(request)
        incident = await self._incident(link, visitor)
        first = request.query.get("do", "ack")
        return html(
            render(
                "answer.html",
                title=page_line(incident),
                name=visitor.name,
                key=self.shell.new_key(),
                deeds=sorted(DEEDS.items(), key=lambda deed: deed[0] != first),
                room=self.links.incident_url(incident.number),
                said="",
            )
        )

    async def act(self, request: web.Request) -> web.StreamResponse:
        link, visitor = self._read(request)
        fields = await self.shell.visitors.fields(request)
        deed = DEEDS.get(fields.get("do", ""))
        if deed is None:
            raise NotFound("There is no such answer to a page.")
        incident = await self._incident(link, visitor)
        call = Call(
            key=invocation_key(visitor, fields.get("key", "")),
            platform="web",
            actor=self._actor(visitor),
            text=deed[1].format(number=link.incident, name=visitor.name),
            interactive=False,
        )
        reply = await self.inbox(call)
        now = await self._incident(link, visitor)
        return html(
            render(
                "answer.html",
                title=page_line(incident),
                name=visitor.name,
                key="",
                deeds=[],
                room=self.links.incident_url(incident.number),
                said=self._shown(reply.card) + await self._more(now, visitor),
            ),
            status=reply.status,
        )

    def _read(self, request: web.Request) -> tuple[PageLink, Visitor]:
        link = self.links.read(request.match_info["token"])
        person = self.shell.visitors.readers().get(link.person)
        if person is None:
            raise NotFound("This link is for somebody who is not here any more.")
        return link, Visitor(id=link.person, person=person, csrf="", address=request.remote or "")

    def _actor(self, visitor: Visitor) -> Actor:
        """As in the web room; the record says that it was the page's link."""
        actor = visitor.actor()
        return Actor(
            id=actor.id,
            name=actor.name,
            right=actor.right,
            zone=actor.zone,
            origin={**actor.origin, "by": "page link"},
        )

    async def _incident(self, link: PageLink, visitor: Visitor) -> Incident:
        incident = await self.shell.queries.incident(link.incident, visitor.viewer)
        if incident is None:
            raise NotFound(f"There is no incident #{link.incident}.")
        return incident

    def _shown(self, card: Card | None) -> Markup:
        """A card without its buttons: those are in the room."""
        if card is None:
            return Markup("")
        body = tuple(one for one in card.body if not isinstance(one, Buttons))
        posting = Posting("", "", self.shell.new_key)
        return CardHtml(posting).card(replace(card, body=body))

    async def _more(self, incident: Incident, visitor: Visitor) -> Markup:
        """What they need next."""
        viewer = Viewer(visitor.id)
        alerts = await self.shell.queries.alerts_of(incident.number, viewer)
        url = self.links.incident_url(incident.number)
        card = answered_card(incident, self.shell.policies(), alerts, url=url)
        return self._shown(card)
