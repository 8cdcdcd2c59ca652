"""release: gives a mistaken acknowledgement back."""

from bot.chat.command import Command, Takes
from bot.chat.line import Line
from bot.domain.card import Card
from bot.engine.incidents import Incidents
from handlers.words.replies import done_card


async def release(line: Line, incidents: Incidents) -> Card:
    done = await incidents.release(line.incident, line.ask)
    return done_card(done, f"#{done.incident.number} is given back; the current level is paged.")


command = Command(
    verb="release",
    usage="release [#id]",
    help="Give an acknowledgement back; pages again from the current level.",
    takes=Takes.INCIDENT,
    handler=release,
)
