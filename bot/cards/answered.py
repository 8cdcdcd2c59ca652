"""What whoever answers a page needs next: room, runbook, what fires, who else was rung."""

from collections.abc import Sequence
from typing import Final

from bot.cards.incident import alert_items, call_facts
from bot.cards.names import person_name, state_name
from bot.domain.alert import AlertRecord
from bot.domain.card import Card, Element, Fact, Facts, Foreign, Moment, Ref
from bot.domain.incident import Incident
from bot.domain.policy import Policies

PAGES: Final = (("Runbook", "runbook"), ("Dashboard", "dashboard"))
"""What it is called, and the field of the service that names it."""


def answered_card(
    title: str,
    incident: Incident,
    policies: Policies,
    alerts: Sequence[AlertRecord],
    *,
    reader: str | None = None,
) -> Card:
    """`title` says how the answer was taken; `reader`: who reads it, and is not "who else"."""
    facts = [
        Fact("Room", Ref(f"#{incident.number}", f"/incidents/{incident.number}")),
        *call_facts(incident, policies),
        Fact("State", state_name(incident.status)),
        Fact("Severity", str(incident.severity)),
        Fact("What", Foreign(incident.title)),
        Fact("Opened", Moment(incident.opened_at)),
    ]
    if incident.acknowledged_at is not None:
        facts.insert(0, Fact("Since", Moment(incident.acknowledged_at)))
    service = policies.services.get(incident.service or "")
    for name, field in PAGES:
        if service is not None and (address := getattr(service, field)):
            facts.append(Fact(name, Ref(address, address)))
    others = [person_name(policies.people, one) for one in incident.paged if one != reader]
    if others:
        facts.append(Fact("Also paged", Foreign(", ".join(others))))
    body: list[Element] = [Facts(tuple(facts))]
    if (firing := alert_items(alerts)) is not None:
        body.append(firing)
    return Card(title, tuple(body))
