"""Lists of incidents, and how many there are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.cards.names import state_name
from bot.domain.card import (
    Button,
    Buttons,
    Card,
    Fact,
    Facts,
    Foreign,
    Item,
    Items,
    Style,
    Text,
)
from bot.domain.lifecycle import State
from bot.domain.severity import Severity


class Listed(Protocol):
    """What a list shows of an incident."""

    @property
    def number(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def status(self) -> State: ...
    @property
    def opened_at(self) -> datetime: ...


def list_card(incidents: Sequence[Listed], *, more: bool) -> Card:
    if not incidents:
        return Card("Nothing is open that matches.")
    items = tuple(
        Item(
            Foreign(f"#{incident.number} {incident.title}"),
            f"{incident.severity} {state_name(incident.status)}",
            incident.opened_at,
        )
        for incident in incidents
    )
    heading = "The newest, and there are more" if more else ""
    count = len(incidents)
    title = "1 incident" if count == 1 else f"{count} incidents"
    return Card(title, (Items(items, heading),))


def counts_card(by_status: Mapping[str, int], by_severity: Mapping[str, int]) -> Card:
    """How many are in each state, and of the open ones in each severity."""
    facts = [Fact(state_name(s), str(by_status[s])) for s in State if by_status.get(s)]
    facts += [Fact(severity, str(count)) for severity, count in by_severity.items() if count]
    if not facts:
        return Card("Nothing is open.")
    return Card("How it stands", (Facts(tuple(facts)),))


def similar_card(found: Sequence[Listed], anyway: str) -> Card:
    """Before another one is declared: join one of these?"""
    joins = tuple(Button(f"Join #{i.number} {i.title}"[:70], f"ack #{i.number}") for i in found[:5])
    text = Text("It may be one of these, which are open:")
    declare = Button("Declare it anyway", anyway, Style.PRIMARY)
    return Card("Is this known already?", (text, Buttons((*joins, declare))))
