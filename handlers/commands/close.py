"""close: Close a resolved incident (one transition of the state machine)."""

from bot.chat.command import Command, Takes
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.lifecycle import TABLE, Action
from bot.engine.incidents import Incidents
from handlers.words.replies import done_card


async def close(line: Line, incidents: Incidents) -> Card:
    done = await incidents.act(line.incident, Action.CLOSE, line.ask, text=line.text)
    return done_card(done, f"Closed #{done.incident.number}.")


command = Command(
    verb="close",
    usage="close [#id] [why]",
    help="Close a resolved incident.",
    takes=Takes.INCIDENT,
    picks=tuple(TABLE[Action.CLOSE].to),
    free_text=True,
    handler=close,
)
