"""similar: past incidents like this one, and what fixed them."""

from dataclasses import replace

from bot.cards.knowledge import past_card
from bot.chat.command import Command, Takes
from bot.chat.line import Line
from bot.domain.card import Button, Buttons, Card
from bot.domain.errors import NotFound
from bot.engine.knowledge.asking import Knowledge
from bot.ports.queries import Queries, Viewer

SHOWN = 5


async def similar(line: Line, knowledge: Knowledge, queries: Queries) -> Card:
    viewer = Viewer(line.actor.id)
    incident = await queries.incident(line.incident, viewer)
    if incident is None:
        raise NotFound(f"There is no incident #{line.incident}.")
    found = await knowledge.similar(incident, viewer, limit=SHOWN)
    card = past_card(incident.number, [(one.document, one.fix) for one in found])
    if not found:
        return card
    helps = Button("What may help?", f"summary #{incident.number} --about help")
    return replace(card, body=(*card.body, Buttons((helps,))))


command = Command(
    verb="similar",
    usage="similar [#id]",
    help="Past incidents like this one, and what fixed them.",
    takes=Takes.INCIDENT,
    handler=similar,
)
