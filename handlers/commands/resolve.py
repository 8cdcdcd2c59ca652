"""resolve: it is over, and how it ended."""

import re
from dataclasses import replace
from typing import Final

from bot.cards.names import OUTCOMES
from bot.cards.tasks import done_buttons, open_tasks
from bot.chat.command import Command, Says, Takes
from bot.chat.line import Line
from bot.domain.card import Button, Buttons, Card, Element
from bot.domain.form import Field, FieldKind, Form
from bot.domain.incident import Incident, Outcome
from bot.domain.task import tasks_of
from bot.engine.incidents import Incidents
from bot.engine.rules import Rules
from handlers.words.replies import done_card

OFFERED: Final = 5
"""Open tasks that are offered as follow-ups one by one."""

CHOICES: Final = (Outcome.FIXED, Outcome.FALSE_ALARM, Outcome.DUPLICATE, Outcome.NO_ACTION)
BY_VERB: Final = {"fixed": Outcome.FIXED, "cancel": Outcome.NO_ACTION}
WORDS: Final = {
    "fixed": Outcome.FIXED,
    "false alarm": Outcome.FALSE_ALARM,
    "duplicate": Outcome.DUPLICATE,
    "no action": Outcome.NO_ACTION,
    "cancel": Outcome.NO_ACTION,
}

_QUOTE: Final = "[\"'\u201c\u201d\u2018\u2019]?"
_OUTCOME: Final = "|".join(words.replace(" ", "[ _-]") for words in WORDS)
_FIRST: Final = re.compile(rf"{_QUOTE}(?P<words>{_OUTCOME}){_QUOTE}(?:[\s:,.;]+|$)", re.IGNORECASE)
"""An outcome at the beginning, perhaps in quotes, and what parts it from the notes."""


async def resolve(line: Line, incidents: Incidents, rules: Rules) -> Card:
    outcome, text = _said(line)
    done = await incidents.resolve(line.incident, line.ask, outcome=outcome, text=text)
    incident = done.incident
    if not done.changed:
        return done_card(done, f"#{incident.number} is {incident.status.lower()} already.")
    words = OUTCOMES[str(incident.outcome)]
    said = done_card(done, f"#{incident.number} is resolved: {words}.", undo=True)
    return replace(said, body=(*_left_over(incident, rules), *said.body))


def _left_over(incident: Incident, rules: Rules) -> tuple[Element, ...]:
    """What was to be done and is not: to be ticked off, or kept beyond the incident."""
    tasks = open_tasks(incident, rules.policies.people)
    if tasks is None:
        return ()
    opened = [task for task in tasks_of(incident) if task.open]
    keep = f"followup #{incident.number} keep"
    every = Button(f"Keep all {len(opened)} as follow-ups", f"{keep} all")
    one = (Button(f"Keep {task.number}", f"{keep} {task.number}") for task in opened[:OFFERED])
    return tasks, Buttons(done_buttons(opened)), Buttons((every, *one))


def _said(line: Line) -> tuple[Outcome, str]:
    """The outcome may come first, as in `resolve false alarm: sensor was unplugged`."""
    if line.answers is not None:
        return Outcome(line.answer("outcome") or "fixed"), line.answer("notes")
    outcome = BY_VERB.get(line.verb)
    if outcome is not None:
        return outcome, line.text
    if found := _FIRST.match(line.rest):
        words = found["words"].lower().replace("-", " ").replace("_", " ")
        return WORDS[words], line.rest[found.end() :].strip()
    return Outcome.FIXED, line.text


async def form(line: Line) -> Form | None:
    if line.verb in BY_VERB:
        return None
    return Form(
        f"Resolve #{line.incident}",
        f"resolve #{line.incident}",
        (
            Field(
                "outcome",
                "How did it end?",
                FieldKind.CHOICE,
                required=True,
                value=str(Outcome.FIXED),
                options=tuple((str(o), OUTCOMES[str(o)].capitalize()) for o in CHOICES),
            ),
            Field("notes", "What was done", FieldKind.TEXT, limit=10_000),
        ),
        submit="Resolve",
    )


command = Command(
    verb="resolve",
    usage="resolve [#id] [fixed|false alarm|duplicate|no action] [notes]",
    help="It is over. `cancel` ends it in one press, with no action.",
    aliases=("fixed", "cancel"),
    takes=Takes.INCIDENT,
    free_text=True,
    says=(Says.OUTCOME,),
    handler=resolve,
    form=form,
)
