"""A catch-up made from the record alone: where it stands, who has it, what happened last."""

from collections.abc import Sequence
from typing import Final

from bot.cards.incident import call_facts, card_facts
from bot.cards.names import person_name
from bot.cards.tasks import open_tasks
from bot.cards.timeline import sentence
from bot.domain.alert import AlertRecord
from bot.domain.card import Card, Element, Fact, Facts, Foreign, Moment, Text
from bot.domain.entry import Entry, EntryType
from bot.domain.incident import Incident
from bot.domain.policy import Policies

LAST: Final = 8
TASKS: Final = 20
QUIET: Final = frozenset(
    {EntryType.NOTIFICATION_SENT, EntryType.INCIDENT_UPDATED, EntryType.REMINDED}
)


def summary_card(
    incident: Incident,
    entries: Sequence[Entry],
    alerts: Sequence[AlertRecord],
    policies: Policies,
) -> Card:
    facts = [Fact(name, value) for name, value in card_facts(incident, policies).items()]
    facts.append(Fact("Opened", Moment(incident.opened_at)))
    facts += call_facts(incident, policies)
    if incident.acknowledged_at is not None:
        who = person_name(policies.people, incident.acknowledged_by)
        facts.append(Fact("Acknowledged by", Foreign(who)))
    firing = sum(1 for alert in alerts if alert.firing)
    if alerts:
        facts.append(Fact("Alerts firing", f"{firing} of {len(alerts)}"))
    updates = [entry for entry in entries if entry.type is EntryType.UPDATE_POSTED]
    body: list[Element] = []
    if updates:
        body.append(Text(sentence(updates[-1], policies.people)))
        facts.append(Fact("Last update", Moment(updates[-1].occurred_at)))
    if incident.next_update_at is not None:
        facts.append(Fact("Next update", Moment(incident.next_update_at)))
    body.insert(0, Facts(tuple(facts)))
    if tasks := open_tasks(incident, policies.people, shown=TASKS):
        body.append(tasks)
    told = [entry for entry in entries if entry.type not in QUIET][-LAST:]
    for entry in told:
        at = f"{entry.occurred_at:%H:%M} UTC"
        body.append(Text(f"{at} {sentence(entry, policies.people)}"))
    return Card(f"#{incident.number}: catch up", tuple(body))
