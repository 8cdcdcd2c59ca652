"""ack: "I have it", from wherever."""

from bot.cards.answered import answered_card
from bot.cards.names import person_name
from bot.chat.command import Command, Takes
from bot.chat.line import Line
from bot.domain.card import Card, Moment, say
from bot.engine.incidents import Incidents
from bot.engine.rules import Rules
from bot.ports.queries import Queries, Viewer
from handlers.words.replies import since_card


async def ack(line: Line, incidents: Incidents, rules: Rules, queries: Queries) -> Card:
    done = await incidents.ack(line.incident, line.ask)
    incident = done.incident
    if not incident.open:
        return say(f"#{incident.number} is {incident.status.lower()} already.")
    who = person_name(rules.policies.people, incident.acknowledged_by)
    title = f"You have #{incident.number}." if done.changed else f"{who} has it."
    at = incident.acknowledged_at
    if line.call.room == incident.number and at is not None:
        return since_card(title, "Since", Moment(at))  # the rest stands in that room
    alerts = await queries.alerts_of(incident.number, Viewer(line.actor.id))
    return answered_card(title, incident, rules.policies, alerts, reader=line.actor.id)


command = Command(
    verb="ack",
    usage="ack [#id]",
    help="Say that you have it; stops ringing.",
    takes=Takes.INCIDENT,
    handler=ack,
)
