"""reopen: Open a resolved or closed incident again (one transition of the state machine)."""

from bot.chat.command import Command, Takes
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.lifecycle import TABLE, Action
from bot.engine.incidents import Incidents
from handlers.words.replies import done_card


async def reopen(line: Line, incidents: Incidents) -> Card:
    done = await incidents.act(line.incident, Action.REOPEN, line.ask, text=line.text)
    return done_card(done, f"Reopened #{done.incident.number}.")


command = Command(
    verb="reopen",
    usage="reopen [#id] [why]",
    help="Open a resolved or closed incident again.",
    takes=Takes.INCIDENT,
    picks=tuple(TABLE[Action.REOPEN].to),
    free_text=True,
    handler=reopen,
)
