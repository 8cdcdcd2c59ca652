"""The page behind the link of a page: acknowledge, or pass it on, without signing in.

Looking at it does nothing; a press posts. The link itself is the credential: it names one person
and one incident, see bot/engine/page_links.py.
"""

from dataclasses import replace
from typing import Final

from aiohttp import web
from markupsafe import Markup

from bot.cards.answered import answered_card
from bot.cards.names import person_name
from bot.cards.page import CANNOT, page_line
from bot.chat.call import Call, Reply
from bot.domain.card import Buttons, Card
from bot.domain.errors import NotFound
from bot.domain.incident import Incident
from bot.domain.people import Actor
from bot.engine.page_links import PageLink, PageLinks
from bot.platforms.web.render import CardHtml, Posting
from handlers.web.needs import Inbox
from handlers.web.pages import html, render
from handlers.web.shell import Shell
from handlers.web.visitor import Visitor, invocation_key

PASS: Final = "pass"
DEEDS: Final = {
    "ack": ("Acknowledge", "ack #{number}"),
    PASS: ("Can't take it", f"escalate #{{number}} {CANNOT}"),
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
                on_hold=await self.shell.on_hold(),
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
        do = fields.get("do", "")
        if do not in DEEDS:
            raise NotFound("There is no such answer to a page.")
        incident = await self._incident(link, visitor)
        if do == PASS and incident.acknowledged and incident.acknowledged_by != link.person:
            reply = await self._somebody_has_it(incident, visitor)
        else:
            reply = await self._do(DEEDS[do][1], link, visitor, fields.get("key", ""))
        return html(
            render(
                "answer.html",
                title=page_line(incident),
                on_hold=await self.shell.on_hold(),
                name=visitor.name,
                key="",
                deeds=[],
                room=self.links.incident_url(incident.number),
                said=self._shown(reply.card),
            ),
            status=reply.status,
        )

    async def _do(self, command: str, link: PageLink, visitor: Visitor, key: str) -> Reply:
        return await self.inbox(
            Call(
                key=invocation_key(visitor, key),
                platform="web",
                actor=self._actor(visitor),
                text=command.format(number=link.incident),
                interactive=False,
            )
        )

    async def _somebody_has_it(self, incident: Incident, visitor: Visitor) -> Reply:
        """Nobody more is rung because of an old mail."""
        policies = self.shell.policies()
        who = person_name(policies.people, incident.acknowledged_by)
        alerts = await self.shell.queries.alerts_of(incident.number, visitor.viewer)
        card = answered_card(f"{who} has it.", incident, policies, alerts, reader=visitor.id)
        return Reply(card=card)

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
