"""room: an incident in a thread gets a room of its own, or the channel it is said in."""

from bot.chat.adoption import Adoption
from bot.chat.command import Command, Takes
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.errors import Invalid
from bot.engine.incidents import Incidents
from handlers.words.replies import done_card


async def room(line: Line, incidents: Incidents, adoption: Adoption) -> Card:
    words = [word.lower() for word in line.words]
    if words not in ([], ["here"]):
        raise Invalid("Write room #42, or room #42 here in the channel that is to become it.")
    here = await adoption.here(line.actor) if words else None
    done = await incidents.room(line.incident, line.ask, here=here)
    number = done.incident.number
    if here is None:
        return done_card(done, f"#{number} gets a room of its own.")
    return done_card(done, f"This channel is the room of #{number} now.")


command = Command(
    verb="room",
    usage="room [#id] [here]",
    help="Give it a room of its own; `here`: this channel, with what was said lately.",
    takes=Takes.INCIDENT,
    handler=room,
)
