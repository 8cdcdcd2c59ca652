"""severity: how bad it is, said by a person."""

from bot.chat.command import Command, Says, Takes
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.errors import Invalid
from bot.domain.form import Field, FieldKind, Form
from bot.domain.policy import Policies
from bot.domain.severity import Severity
from bot.engine.incidents import Incidents
from bot.engine.rules import Rules
from handlers.words.replies import done_card


async def severity(line: Line, incidents: Incidents, rules: Rules) -> Card:
    if line.answers is not None:
        to, why = read_severity(rules.policies, line.answer("severity")), line.answer("reason")
    else:
        word, _, why = line.rest.partition(" ")
        to = read_severity(rules.policies, word)
    done = await incidents.severity(line.incident, to, line.ask, text=why.strip())
    number = done.incident.number
    if not done.changed:
        return done_card(done, f"#{number} is {to} already.")
    return done_card(done, f"#{number} is {to} now.", undo=True)


def read_severity(policies: Policies, word: str) -> Severity:
    """`P1`, `sev1`, `1` or a word of severities.yaml.

    Raises:
        Invalid: it is none of them.
    """
    said = word.strip().lower()
    bare = said.removeprefix("sev").removeprefix("p")
    if bare in {"0", "1", "2", "3", "4"}:
        return Severity(f"P{bare}")
    if said in policies.words:
        return policies.words[said]
    raise Invalid(f"{word!r} is no severity; say P0, P1, P2, P3 or P4.", field="severity")


async def form(line: Line, rules: Rules) -> Form:
    options = tuple(
        (str(severity), f"{severity} {policy.label}")
        for severity, policy in rules.policies.severities.items()
    )
    return Form(
        "Severity",
        f"severity #{line.incident}",
        (
            Field("severity", "Severity", FieldKind.CHOICE, required=True, options=options),
            Field("reason", "Why", hint="One line, for the record."),
        ),
    )


command = Command(
    verb="severity",
    usage="severity [#id] P0…P4 [why]",
    help="Say how bad it is; raising it pages the new level.",
    aliases=("sev",),
    takes=Takes.INCIDENT,
    free_text=True,
    says=(Says.SEVERITY,),
    handler=severity,
    form=form,
)
