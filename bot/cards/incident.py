"""The live card of an incident: one per incident and platform, edited in place."""

from collections.abc import Iterator, Mapping, Sequence

from bot.cards.names import BUTTONS, OUTCOMES, TONES, person_name, state_name
from bot.cards.tasks import open_tasks
from bot.domain.alert import AlertRecord
from bot.domain.card import (
    Button,
    Buttons,
    Card,
    Element,
    Fact,
    Facts,
    Foreign,
    Item,
    Items,
    Moment,
    Ref,
    Style,
    Text,
    Warning,
)
from bot.domain.incident import Incident
from bot.domain.lifecycle import Action, allowed
from bot.domain.policy import Policies, SeverityPolicy
from bot.domain.task import tasks_of

ALERTS_SHOWN = 5

ALWAYS_OFFERED = frozenset({Action.ACKNOWLEDGE, Action.TAKE, Action.RESOLVE})
"""Offered by rules of their own while the incident is open, see `buttons_of`."""


def buttons_of(incident: Incident) -> tuple[Button, ...]:
    """What the state machine allows now, plus Acknowledge until a person has, and Resolve."""
    number = incident.number
    choices: list[Action] = [
        action
        for action in allowed(incident.status)
        if action in BUTTONS and action not in ALWAYS_OFFERED
    ]
    if incident.open:
        if not incident.acknowledged:
            choices.insert(0, Action.ACKNOWLEDGE)
        choices.append(Action.RESOLVE)
    return tuple(
        Button(label, f"{verb} #{number}", style)
        for label, verb, style in (BUTTONS[action] for action in choices)
    )


def _room(incident: Incident, *, offered: bool) -> tuple[Button, ...]:
    """One press turns a thread into a room."""
    in_thread = incident.open and incident.loudness == "thread"
    return (Button("Open a room", f"room #{incident.number}"),) if offered and in_thread else ()


def incident_card(
    incident: Incident,
    policies: Policies,
    alerts: Sequence[AlertRecord] = (),
    *,
    before: Mapping[str, str] | None = None,
    url: str = "",
    offers_room: bool = False,
) -> Card:
    """The card as of now. `before` holds the facts as last delivered, struck through if changed.

    `alerts` are the incident's; `url` is its page in the web room. `offers_room`: it stands where a
    thread can become a room.
    """
    severity = policies.severities[incident.severity]
    body: list[Element] = [*_first(incident, policies)]
    if incident.description:
        body.append(Foreign(incident.description[:1_000]))
    body.append(Facts(_facts(incident, policies, before or {})))
    now = (open_tasks(incident, policies.people), alert_items(alerts))
    body += filter(None, (*now, _refs(incident, policies, url)))
    if buttons := (*buttons_of(incident), *_room(incident, offered=offers_room)):
        body.append(Buttons(buttons))
    return Card(
        title=f"#{incident.number} {incident.title}",
        body=tuple(body),
        tone=TONES[incident.status],
        emoji=severity.emoji,
        fallback=fallback(incident, policies),
    )


def _first(incident: Incident, policies: Policies) -> Iterator[Element]:
    """What must be seen before anything else."""
    number = incident.number
    if incident.test:
        yield Warning("This is a test: it pages only who declared it.")
    if incident.unreached and incident.open and not incident.acknowledged:
        yield Warning("Nobody was reached by the escalation policy. Page somebody.")
        yield Buttons((Button("Page", f"page #{number}", Style.DANGER),))
    route = policies.routes.get(incident.route or "")
    if route is not None and route.keeps_talk:
        shown = ", and shown in its rooms on other platforms" if route.mirror else ""
        yield Text(f"What people say in this room is kept in its timeline for 90 days{shown}.")
    if incident.all_clear_at is not None and incident.open:
        yield Text("**All clear:** no alert of this incident fires any more.")


def card_facts(incident: Incident, policies: Policies) -> dict[str, str]:
    """The facts whose change is shown, as plain words: what is kept of a delivered card."""
    return {
        "State": state_name(incident.status),
        "Severity": severity_words(incident, policies.severities[incident.severity]),
        "Lead": person_name(policies.people, incident.lead) or "nobody",
        "Assigned to": person_name(policies.people, incident.assigned_to) or "nobody",
    }


def severity_words(incident: Incident, severity: SeverityPolicy) -> str:
    return f"{incident.severity} {severity.label}".strip()


def _facts(
    incident: Incident,
    policies: Policies,
    before: Mapping[str, str],
) -> tuple[Fact, ...]:
    changing = (
        Fact(name, value, before[name] if before.get(name, value) != value else None)
        for name, value in card_facts(incident, policies).items()
        if value != "nobody" or before.get(name, value) != value
    )
    call, answered = call_facts(incident, policies), _answered(incident, policies)
    return (*call, *changing, *answered, *_where(incident), *_ended(incident))


def call_facts(incident: Incident, policies: Policies) -> Iterator[Fact]:
    """Where people meet, if its route says so."""
    if link := _call(incident, policies):
        yield Fact("Call", Ref("join it", link))


def _call(incident: Incident, policies: Policies) -> str | None:
    route = policies.routes.get(incident.route or "")
    return route.call_for(incident.number) if route else None


def _answered(incident: Incident, policies: Policies) -> Iterator[Fact]:
    """Who has it, or who is being asked."""
    if incident.acknowledged_at is not None:
        who = person_name(policies.people, incident.acknowledged_by)
        yield Fact("Acknowledged by", Foreign(who))
        yield Fact("Acknowledged at", Moment(incident.acknowledged_at))
    if incident.paged and not incident.acknowledged and incident.open:
        names = ", ".join(person_name(policies.people, p) for p in incident.paged)
        yield Fact("Paged", Foreign(names))


def _where(incident: Incident) -> Iterator[Fact]:
    for name, value in (
        ("Service", incident.service),
        ("Team", incident.team),
        ("Resource", incident.resource),
        ("Source", incident.source),
    ):
        if value:
            yield Fact(name, Foreign(value))
    yield Fact("Opened", Moment(incident.opened_at))
    if incident.related_to is not None:
        yield Fact("Related to", f"#{incident.related_to}")


def _ended(incident: Incident) -> Iterator[Fact]:
    if incident.next_update_at is not None:
        yield Fact("Next update", Moment(incident.next_update_at))
    if incident.resolved_at is not None:
        yield Fact("Resolved", Moment(incident.resolved_at))
        yield Fact("Outcome", OUTCOMES.get(str(incident.outcome), "unknown"))
    if incident.resolution:
        yield Fact("Resolution", Foreign(incident.resolution))


def alert_items(alerts: Sequence[AlertRecord]) -> Items | None:
    if not alerts:
        return None
    ordered = sorted(alerts, key=lambda a: (not a.firing, a.severity.rank, a.first_seen_at))
    firing = sum(1 for alert in alerts if alert.firing)
    heading = f"Alerts: {firing} firing of {len(alerts)}"
    if len(ordered) > ALERTS_SHOWN:
        heading += f", the first {ALERTS_SHOWN} shown"
    items = tuple(
        Item(
            Ref(alert.title, alert.link) if alert.link else Foreign(alert.title),
            f"{alert.status}, seen {_times(alert.count)}",
            alert.last_seen_at,
        )
        for alert in ordered[:ALERTS_SHOWN]
    )
    return Items(items, heading)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _refs(incident: Incident, policies: Policies, url: str) -> Items | None:
    service = policies.services.get(incident.service or "")
    refs = [
        ("Room", url),
        ("Runbook", service.runbook if service else None),
        ("Dashboard", service.dashboard if service else None),
        ("Source", incident.link),
        *((link["label"], link["url"]) for link in incident.links),
    ]
    items = tuple(Item(Ref(label, address)) for label, address in refs if address)
    return Items(items, "Links") if items else None


def fallback(incident: Incident, policies: Policies) -> str:
    """The whole card in one line of plain text."""
    facts = card_facts(incident, policies)
    said = ", ".join(f"{name.lower()} {value}" for name, value in facts.items())
    left = sum(task.open for task in tasks_of(incident))
    ending = f" Open tasks: {left}." if left else ""
    if call := _call(incident, policies):
        ending += f" Call: {call}"
    ending += " All alerts have cleared." if incident.all_clear_at and incident.open else ""
    return f"#{incident.number} {incident.title} ({said}).{ending}"
