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
    incident: Incident, policies: Policies, alerts: Sequence[AlertRecord], *, url: str
) -> Card:
    """`url` is the incident's room in the browser."""
    facts = [
        Fact("State", state_name(incident.status)),
        Fact("Severity", str(incident.severity)),
        Fact("What", Foreign(incident.title)),
        Fact("Since", Moment(incident.opened_at)),
        Fact("Room", Ref(f"#{incident.number}", url)),
    ]
    facts += call_facts(incident, policies)
    service = policies.services.get(incident.service or "")
    for name, field in PAGES:
        if service is not None and (address := getattr(service, field)):
            facts.append(Fact(name, Ref(address, address)))
    if incident.paged:
        names = (person_name(policies.people, person) for person in incident.paged)
        facts.append(Fact("Paged", Foreign(", ".join(names))))
    body: list[Element] = [Facts(tuple(facts))]
    if (firing := alert_items(alerts)) is not None:
        body.append(firing)
    return Card(f"#{incident.number}", tuple(body))
