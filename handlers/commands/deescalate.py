"""deescalate: Take an escalation back; stops ringing (one transition of the state machine)."""

from bot.chat.command import Command, Takes
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.lifecycle import Action
from bot.engine.incidents import Incidents
from handlers.words.replies import done_card


async def deescalate(line: Line, incidents: Incidents) -> Card:
    done = await incidents.act(line.incident, Action.DEESCALATE, line.ask, text=line.text)
    return done_card(done, f"De-escalated #{done.incident.number}.")


command = Command(
    verb="deescalate",
    usage="deescalate [#id]",
    help="Take an escalation back; stops ringing.",
    takes=Takes.INCIDENT,
    free_text=True,
    handler=deescalate,
)
