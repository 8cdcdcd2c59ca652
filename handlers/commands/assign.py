"""assign: whose it is."""

from bot.cards.names import person_name
from bot.chat.command import Command, Says, Takes
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.form import Field, FieldKind, Form
from bot.engine.incidents import Incidents
from bot.engine.rules import Rules
from handlers.words.people import find_person, options
from handlers.words.replies import done_card


async def assign(line: Line, incidents: Incidents, rules: Rules) -> Card:
    people = rules.policies.people
    person = find_person(people, line.answer("person") or line.text, line.actor)
    done = await incidents.assign(line.incident, person, line.ask)
    name = person_name(people, person)
    return done_card(done, f"#{done.incident.number} is assigned to {name}.", undo=True)


async def form(line: Line, rules: Rules) -> Form:
    people = options(rules.policies.people)
    field = Field("person", "To", FieldKind.PERSON, required=True, options=people)
    return Form("Assign", f"assign #{line.incident}", (field,), submit="Assign")


command = Command(
    verb="assign",
    usage="assign [#id] @person",
    help="Give it to somebody (or `me`).",
    takes=Takes.INCIDENT,
    says=(Says.PERSON,),
    handler=assign,
    form=form,
)
