"""escalate: the next level now."""

from bot.chat.command import Command, Takes
from bot.chat.line import Line
from bot.domain.card import Card
from bot.engine.incidents import Incidents
from handlers.words.replies import done_card


async def escalate(line: Line, incidents: Incidents) -> Card:
    done = await incidents.escalate(line.incident, line.ask, text=line.text)
    incident = done.incident
    told = "Nobody was reached" if incident.unreached else "They are being paged"
    return done_card(done, f"#{incident.number} is at level {incident.escalation_level}. {told}.")


command = Command(
    verb="escalate",
    usage="escalate [#id] [why]",
    help="Page the next level of the escalation policy now.",
    takes=Takes.INCIDENT,
    free_text=True,
    handler=escalate,
)
