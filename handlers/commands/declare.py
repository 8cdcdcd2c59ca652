"""declare: a person says that something is wrong. It needs a title only."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.cards.listing import similar_card
from bot.cards.names import person_name
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
from bot.domain.errors import Invalid
from bot.domain.form import Field, FieldKind, Form
from bot.domain.incident import Incident
from bot.domain.severity import Severity
from bot.domain.typed_time import Direction
from bot.engine.authorise import authorise
from bot.engine.incidents import Incidents
from bot.engine.rules import Rules
from bot.engine.similar import alike
from bot.ports.clock import Clock
from bot.ports.queries import Queries, Viewer
from handlers.commands.severity import read_severity
from handlers.words.times import duration, is_duration, moment

LOOKS_BACK = timedelta(hours=2)


async def declare(
    line: Line, incidents: Incidents, queries: Queries, rules: Rules, clock: Clock
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
    done = await incidents.declare(
        line.ask,
        title=title,
        severity=severity,
        description=said["description"],
        service=service,
        private=bool(said["private"]),
        test=bool(said["test"]),
        since=_since(since, line, clock) if since else None,
    )
    incident = done.incident
    return Reply(card=declared_card(incident, rules), incident=incident.number)


def _since(text: str, line: Line, clock: Clock) -> datetime:
    now = clock.wall()
    if is_duration(text):
        return now - duration(text)
    return moment(text, line.actor.zone, now, Direction.PAST, "since")


def _said(line: Line) -> dict[str, str]:
    names = ("title", "severity", "service", "since", "description", "private", "test", "anyway")
    if line.answers is not None:
        return {name: line.answer(name) for name in names}
    return {name: line.flags.get(name, "") for name in names} | {"title": line.text}


def _anyway(said: Mapping[str, str]) -> str:
    """The same declaration as one line, private where it was to be private."""
    given = [
        f"--{name}" if name in ("private", "test") else f"--{name} {quote(said[name])}"
        for name in ("severity", "service", "since", "description", "private", "test")
        if said[name]
    ]
    return " ".join(["declare", quote(said["title"]), *given, "--anyway"])


def declared_card(incident: Incident, rules: Rules) -> Card:
    """Names who is paged, or says that nobody was, with a way to mend it."""
    number = incident.number
    body: list[Element] = [Facts((Fact("Title", Foreign(incident.title)),))]
    if incident.paged:
        names = ", ".join(person_name(rules.policies.people, p) for p in incident.paged)
        body.append(Facts((Fact("Paged", Foreign(names)),)))
    else:
        body.append(Warning("Nobody was paged."))
        body.append(Buttons((Button("Page", f"page #{number}", Style.DANGER),)))
    body.append(Text(f"[Go to its room](/incidents/{number})"))
    return Card(f"#{number} is open as {incident.severity}.", tuple(body))


async def form(line: Line, rules: Rules) -> Form:
    severities = tuple(
        (str(severity), f"{severity} {policy.label}")
        for severity, policy in rules.policies.severities.items()
    )
    services = (("", "none"), *((id, s.name or id) for id, s in rules.policies.services.items()))
    return Form(
        "Declare an incident",
        "declare",
        (
            Field("title", "What is wrong?", required=True),
            Field("severity", "Severity", FieldKind.CHOICE, value="P2", options=severities),
            Field("service", "Service", FieldKind.CHOICE, options=services),
            Field("description", "More about it", FieldKind.TEXT, limit=10_000),
            Field("since", "Since", hint="If it began earlier: 02:40, or 20m."),
            Field("private", "Private: only its members see it", FieldKind.TICK),
            Field("test", "A test: pages only you", FieldKind.TICK),
            Field("anyway", "Declare it even if a similar one is open", FieldKind.TICK),
        ),
        submit="Declare",
    )


command = Command(
    verb="declare",
    usage=(
        'declare "what is wrong" [--severity P1] [--service s] [--since 02:40] [--private] [--test]'
    ),
    help="Open an incident.",
    aliases=("new",),
    free_text=True,
    flags={
        "severity": True,
        "service": True,
        "since": True,
        "description": True,
        "private": False,
        "test": False,
        "anyway": False,
    },
    handler=declare,
    form=form,
)
