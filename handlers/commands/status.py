"""status: the card of an incident, or how many are open."""

from bot.cards.incident import incident_card
from bot.cards.listing import counts_card
from bot.chat.command import Command, Takes
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.errors import NotFound
from bot.engine.rules import Rules
from bot.ports.queries import Queries, Viewer


async def status(line: Line, queries: Queries, rules: Rules) -> Card:
    viewer = Viewer(line.actor.id)
    if line.number is None:
        counts = await queries.counts(viewer)
        return counts_card(counts.by_status, counts.by_severity)
    incident = await queries.incident(line.number, viewer)
    if incident is None:
        raise NotFound(f"There is no incident #{line.number}.")
    alerts = await queries.alerts_of(line.number, viewer)
    return incident_card(incident, rules.policies, alerts)


command = Command(
    verb="status",
    usage="status [#id]",
    help="Show an incident, or how many are open.",
    aliases=("show",),
    takes=Takes.OPTIONAL,
    handler=status,
)
