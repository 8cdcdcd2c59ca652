"""declare: a person says that something is wrong. It needs a title only."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from bot.cards.listing import similar_card
from bot.cards.names import person_name
from bot.chat.adoption import Adoption
from bot.chat.call import Reply
from bot.chat.command import Command
from bot.chat.grammar import quote
from bot.chat.line import Line
from bot.domain.card import (
    Button,
    Buttons,
    Card,
    Element,
    Fact,
    Facts,
    Foreign,
    Style,
    Text,
    Warning,
)
from bot.domain.duration import is_duration
from bot.domain.errors import Invalid
from bot.domain.form import Field, FieldKind, Form
from bot.domain.incident import Incident
from bot.domain.policy import Telling
from bot.domain.severity import Severity
from bot.domain.typed_time import Direction
from bot.engine.authorise import authorise
from bot.engine.incidents import Incidents
from bot.engine.rules import Rules
from bot.engine.similar import alike
from bot.ports import existing
from bot.ports.clock import Clock
from bot.ports.existing import HERE, Existing
from bot.ports.queries import Queries, Viewer
from handlers.commands.severity import read_severity
from handlers.words.times import duration, moment

LOOKS_BACK = timedelta(hours=2)
LOOKS_BACK_THERE = existing.LOOKS_BACK // timedelta(hours=1)

FLAGS: Final = {
    "severity": True,
    "service": True,
    "since": True,
    "description": True,
    "here": False,
    "private": False,
    "test": False,
    "anyway": False,
}
"""Name → whether it takes words."""


async def declare(
    line: Line,
    *,
    incidents: Incidents,
    queries: Queries,
    rules: Rules,
    clock: Clock,
    adoption: Adoption,
) -> Card | Reply:
    authorise(line.actor, "declare", None)
    said = _said(line)
    title = said["title"]
    if not title:
        raise Invalid("Say in a few words what is wrong.", field="title")
    service = said["service"] or None
    if not said["anyway"]:
        viewer = Viewer(line.actor.id)
        recent = await queries.recent_open(viewer, clock.now() - LOOKS_BACK)
        if found := alike(recent, title, service):
            card = similar_card(found, _anyway(said))
            return Reply(card=card, ok=False, status=409)
    severity = read_severity(rules.policies, said["severity"]) if said["severity"] else Severity.P2
    since = said["since"]
    began = _since(since, line, clock) if since else None
    try:
        here = await _here(line, said, adoption)
        done = await incidents.declare(
            line.ask,
            title=title,
            severity=severity,
            description=said["description"],
            service=service,
            private=bool(said["private"]) or bool(here and here.private),
            test=bool(said["test"]),
            since=began,
            here=here,
        )
    except Invalid as no:
        if line.answers is not None or no.field != HERE:
            raise
        return Reply(card=_elsewhere(no, said), ok=False, status=no.status)
    incident = done.incident
    return Reply(card=declared_card(incident, rules, here), incident=incident.number)


async def _here(line: Line, said: Mapping[str, str], adoption: Adoption) -> Existing | None:
    if not said["here"]:
        return None
    here = await adoption.here(line.actor)
    if said["private"] and not here.private:
        raise Invalid("Private needs a private channel; this one is open to everybody.", field=HERE)
    return here


def _elsewhere(no: Invalid, said: Mapping[str, str]) -> Card:
    """This channel will not do; a room of its own always will."""
    again = _anyway({**said, "here": ""})
    button = Button("Declare it with a room of its own", again, Style.PRIMARY)
    return Card("Not in this channel", (Foreign(str(no)), Buttons((button,))), fallback=str(no))


def _since(text: str, line: Line, clock: Clock) -> datetime:
    now = clock.wall()
    if is_duration(text):
        return now - duration(text)
    return moment(text, line.actor.zone, now, Direction.PAST, "since")


def _said(line: Line) -> dict[str, str]:
    names = ("title", *FLAGS)
    if line.answers is not None:
        return {name: line.answer(name) for name in names}
    return {name: line.flags.get(name, "") for name in names} | {"title": line.text}


def _anyway(said: Mapping[str, str]) -> str:
    """The same declaration as one line, private where it was to be private; it asks no more."""
    given = [
        f"--{name} {quote(said[name])}" if takes_words else f"--{name}"
        for name, takes_words in FLAGS.items()
        if said[name] and name != "anyway"
    ]
    return " ".join(["declare", quote(said["title"]), *given, "--anyway"])


def declared_card(incident: Incident, rules: Rules, here: Existing | None = None) -> Card:
    """Names who is paged, or says that nobody was, with a way to mend it."""
    number = incident.number
    body: list[Element] = [Facts((Fact("Title", Foreign(incident.title)),))]
    if incident.paged:
        names = ", ".join(person_name(rules.policies.people, p) for p in incident.paged)
        body.append(Facts((Fact("Paged", Foreign(names)),)))
    else:
        policy = rules.policies.severities[incident.severity]
        quietly = policy.tells is Telling.QUIET and not incident.test
        why = f" {incident.severity} is told without ringing." if quietly else ""
        body.append(Warning(f"Nobody was paged.{why}"))
        body.append(Buttons((Button("Page", f"page #{number}", Style.DANGER),)))
    if here is not None:
        kept = f"{len(here.said)} messages of the last {LOOKS_BACK_THERE} hours"
        secret = " It is private, as the channel is." if here.private else ""
        body.append(Text(f"This channel is its room now; {kept} are in the timeline.{secret}"))
    body.append(Text(f"[Go to its room](/incidents/{number})"))
    return Card(f"#{number} is open as {incident.severity}.", tuple(body))


async def form(line: Line, rules: Rules, adoption: Adoption) -> Form:
    severities = tuple(
        (str(severity), f"{severity} {policy.label}")
        for severity, policy in rules.policies.severities.items()
    )
    services = (("", "none"), *((id, s.name or id) for id, s in rules.policies.services.items()))
    here = Field(HERE, "This channel becomes its room, with what was said lately", FieldKind.TICK)
    return Form(
        "Declare an incident",
        "declare",
        (
            Field("title", "What is wrong?", required=True),
            Field("severity", "Severity", FieldKind.CHOICE, value="P2", options=severities),
            Field("service", "Service", FieldKind.CHOICE, options=services),
            Field("description", "More about it", FieldKind.TEXT, limit=10_000),
            Field("since", "Since", hint="If it began earlier: 02:40, or 20m."),
            *((here,) if adoption.offered_to(line.actor) else ()),
            Field("private", "Private: only its members see it", FieldKind.TICK),
            Field("test", "A test: pages only you", FieldKind.TICK),
            Field("anyway", "Declare it even if a similar one is open", FieldKind.TICK),
        ),
        submit="Declare",
    )


command = Command(
    verb="declare",
    usage=(
        'declare "what is wrong" [--severity P1] [--service s] [--since 02:40] [--here] [--private]'
        " [--test]"
    ),
    help="Open an incident; `--here` makes this channel its room, with what was said lately.",
    aliases=("new",),
    free_text=True,
    flags=FLAGS,
    handler=declare,
    form=form,
)
