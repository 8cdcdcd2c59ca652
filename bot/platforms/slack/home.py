"""The App Home: made anew whenever somebody opens it."""

from bot.cards.home import home_card
from bot.chat.desk import Desk
from bot.domain.card import Card, say
from bot.domain.lifecycle import OPEN
from bot.domain.people import Actor
from bot.domain.task import TaskState
from bot.platforms.slack.identity import is_stranger
from bot.ports.queries import IncidentFilter, Viewer

SHOWN = 10
LOOKED_AT = 200
"""Open incidents among which those are found that somebody has a part in."""


async def home_of(actor: Actor, desk: Desk) -> Card:
    """What the actor may see of what is going on; theirs is what they have, lead or help with."""
    if is_stranger(actor):
        return say("I don't know you here. Ask an admin to add you to people.yaml.")
    viewer, status = Viewer(actor.id), tuple(str(state) for state in OPEN)
    opened = await desk.queries.incidents(IncidentFilter(status=status), viewer, limit=LOOKED_AT)
    mine = await desk.queries.incidents(
        IncidentFilter(status=status, assigned_to=(actor.id,)), viewer, limit=SHOWN
    )
    joined = [one for one in opened.items if actor.id in (*one.responders, *one.roles.values())]
    theirs = {one.number: one for one in (*mine.items, *joined)}
    tasks = await desk.queries.tasks(viewer, owner=actor.id, state=TaskState.OPEN, limit=SHOWN)
    policies = desk.people.rules.policies
    turns = {name: desk.oncall.turns(name) for name in policies.schedules}
    return home_card(
        opened.items[:SHOWN],
        [theirs[number] for number in sorted(theirs, reverse=True)][:SHOWN],
        turns,
        policies,
        tasks=tasks.items,
    )
