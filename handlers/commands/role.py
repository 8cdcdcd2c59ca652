"""role: who leads, who talks to the outside, who writes it down."""

from bot.cards.names import person_name
from bot.chat.command import Command, Says, Takes
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.errors import Invalid
from bot.domain.form import Field, FieldKind, Form
from bot.engine.acts.details import ROLES
from bot.engine.incidents import Incidents
from bot.engine.rules import Rules
from handlers.words.people import find_person, options
from handlers.words.replies import done_card

NOBODY = ("nobody", "none", "vacant")


async def role(line: Line, incidents: Incidents, rules: Rules) -> Card:
    name, who = _said(line)
    people = rules.policies.people
    person = None if who.lower() in NOBODY else find_person(people, who, line.actor)
    done = await incidents.role(line.incident, name, person, line.ask)
    holder = person_name(people, person) if person else "nobody"
    return done_card(done, f"{name.capitalize()} of #{done.incident.number}: {holder}.", undo=True)


def _said(line: Line) -> tuple[str, str]:
    if line.answers is not None:
        return line.answer("role"), line.answer("person") or "nobody"
    if not line.words:
        raise Invalid(f"Which role, and who? Roles: {', '.join(ROLES)}.")
    return line.words[0].lower(), " ".join(line.words[1:]) or "me"


async def form(line: Line, rules: Rules) -> Form:
    people = (("nobody", "Nobody"), *options(rules.policies.people))
    return Form(
        "Roles",
        f"role #{line.incident}",
        (
            Field(
                "role",
                "Role",
                FieldKind.CHOICE,
                required=True,
                value=ROLES[0],
                options=tuple((role, role.capitalize()) for role in ROLES),
            ),
            Field("person", "Who", FieldKind.PERSON, required=True, options=people),
        ),
    )


command = Command(
    verb="role",
    usage="role [#id] lead|communications|operations|scribe [@person]",
    help="Give a role, to yourself where you name nobody; `nobody` vacates it.",
    takes=Takes.INCIDENT,
    says=(Says.ROLE, Says.PERSON),
    handler=role,
    form=form,
)
