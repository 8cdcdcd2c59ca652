"""The one short post about an incident for everybody who is not in its room."""

from collections.abc import Sequence

from bot.cards.incident import card_facts, fallback
from bot.cards.names import OUTCOMES, TONES
from bot.cards.timeline import sentence
from bot.domain.card import Card, Element, Fact, Facts, Foreign, Item, Items, Moment, Ref, Text
from bot.domain.entry import Entry, EntryType
from bot.domain.incident import Incident
from bot.domain.policy import Policies


def announcement_card(
    incident: Incident, entries: Sequence[Entry], policies: Policies, *, url: str
) -> Card:
    """As of now, with the last update and no buttons; `url` is the incident's page."""
    facts = [
        Fact(name, value)
        for name, value in card_facts(incident, policies).items()
        if value != "nobody"
    ]
    if incident.service:
        facts.append(Fact("Service", Foreign(incident.service)))
    facts.append(Fact("Opened", Moment(incident.opened_at)))
    if incident.next_update_at is not None:
        facts.append(Fact("Next update", Moment(incident.next_update_at)))
    if incident.resolved_at is not None:
        facts.append(Fact("Resolved", Moment(incident.resolved_at)))
        facts.append(Fact("Outcome", OUTCOMES.get(str(incident.outcome), "unknown")))
    body: list[Element] = [Facts(tuple(facts))]
    updates = [entry for entry in entries if entry.type is EntryType.UPDATE_POSTED]
    if updates:
        body.append(Text(sentence(updates[-1], policies.people)))
    body.append(Items((Item(Ref("In brief", f"{url}/brief")),)))
    return Card(
        title=f"#{incident.number} {incident.title}",
        body=tuple(body),
        tone=TONES[incident.status],
        emoji=policies.severities[incident.severity].emoji,
        fallback=fallback(incident, policies),
    )
