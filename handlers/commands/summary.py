"""summary: where it stands, for who comes late."""

from bot.cards.summary import summary_card
from bot.chat.command import Command, Takes
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.errors import NotFound
from bot.engine.rules import Rules
from bot.ports.queries import Queries, Viewer


async def summary(line: Line, queries: Queries, rules: Rules) -> Card:
    viewer = Viewer(line.actor.id)
    incident = await queries.incident(line.incident, viewer)
    if incident is None:
        raise NotFound(f"There is no incident #{line.incident}.")
    entries = await queries.entries(line.incident, viewer)
    alerts = await queries.alerts_of(line.incident, viewer)
    return summary_card(incident, entries, alerts, rules.policies)


command = Command(
    verb="summary",
    usage="summary [#id]",
    help="Catch up: state, people, last and next update, what happened.",
    aliases=("catchup",),
    takes=Takes.INCIDENT,
    handler=summary,
)
