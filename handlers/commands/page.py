"""page: rings somebody now; `page cancel` stops the ringing."""

from bot.cards.names import person_name
from bot.chat.command import Command, Says, Takes
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.errors import Invalid
from bot.domain.form import Field, FieldKind, Form
from bot.engine.incidents import Incidents
from bot.engine.rules import Rules
from handlers.words.people import find_person, options
from handlers.words.replies import done_card


async def page(line: Line, incidents: Incidents, rules: Rules) -> Card:
    people = rules.policies.people
    if line.answers is not None:
        who, text = [line.answer("person")], line.answer("text")
    else:
        who = [word for word in line.words if word.startswith("@")] or list(line.words[:1])
        text = " ".join(word for word in line.words if word not in who)
    if [word.lower() for word in who] == ["cancel"]:
        done = await incidents.cancel_pages(line.incident, line.ask)
        return done_card(done, f"Paging of #{done.incident.number} is cancelled.")
    if not any(who):
        raise Invalid("Whom? Write for example page @ann, or page cancel.", field="person")
    ids = [find_person(people, word, line.actor) for word in who]
    done = await incidents.page(line.incident, ids, line.ask, text=text)
    names = ", ".join(person_name(people, id) for id in ids)
    return done_card(done, f"Paging {names} for #{done.incident.number}.")


async def form(line: Line, rules: Rules) -> Form:
    people = options(rules.policies.people)
    return Form(
        f"Page somebody for #{line.incident}",
        f"page #{line.incident}",
        (
            Field("person", "Whom", FieldKind.PERSON, required=True, options=people),
            Field("text", "Why"),
        ),
        submit="Page",
    )


command = Command(
    verb="page",
    usage="page [#id] @person [why] | page [#id] cancel",
    help="Ring somebody now, or stop the ringing.",
    takes=Takes.INCIDENT,
    free_text=True,
    says=(Says.PERSON,),
    handler=page,
    form=form,
)
