"""undo: takes back your last act of the last ten minutes."""

from bot.chat.command import Command, Takes
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.errors import Invalid
from bot.domain.ids import read_incident_id
from bot.engine.incidents import Incidents
from handlers.words.replies import done_card


async def undo(line: Line, incidents: Incidents) -> Card:
    word = line.words[0] if line.words else ""
    seq = read_incident_id(word, bare=True)
    if word and seq is None:
        raise Invalid("Which line of the timeline? Give me its number, or nothing for the last.")
    done = await incidents.undo(line.incident, line.ask, seq=seq)
    return done_card(done, f"Taken back in #{done.incident.number}.")


command = Command(
    verb="undo",
    usage="undo [#id] [line]",
    help="Take back your last severity, assign, role, rename, link, note, task or resolve.",
    takes=Takes.INCIDENT,
    handler=undo,
)
