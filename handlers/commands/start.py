"""start: Say that work has begun (one transition of the state machine)."""

from bot.chat.command import Command, Takes
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.lifecycle import Action
from bot.engine.incidents import Incidents
from handlers.words.replies import done_card


async def start(line: Line, incidents: Incidents) -> Card:
    done = await incidents.act(line.incident, Action.START_WORK, line.ask, text=line.text)
    return done_card(done, f"You are working on #{done.incident.number}.")


command = Command(
    verb="start",
    usage="start [#id]",
    help="Say that work has begun.",
    takes=Takes.INCIDENT,
    free_text=True,
    handler=start,
)
