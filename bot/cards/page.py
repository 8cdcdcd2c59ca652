"""What a page says: severity, service, what and number within 60 characters, then the rest."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from bot.cards.names import TONES
from bot.cards.plain_text import one_line
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
)
from bot.domain.incident import Incident, Visibility
from bot.domain.policy import Policies

LINE: Final = 60
Ways = Callable[[Incident], Sequence[tuple[str, str]]]
"""What can be done about an incident by a link: its words, and where it leads."""

NAMED: Final = 10
"""Incidents that a bundled page names, at most."""

ANSWERED: Final = 5
"""Incidents that a bundled page lets one answer, at most."""

CANNOT: Final = "cannot take it"
"""Why the next level is paged by who passes it on."""


def page_line(incident: Incident) -> str:
    """`P0 payments: p99 over 2 s #42`; a private incident is a number only."""
    tail = f" #{incident.number}"
    if incident.visibility is Visibility.PRIVATE:
        return f"{incident.severity} private incident{tail}"
    service = f" {one_line(incident.service)}:" if incident.service else ""
    head = f"{incident.severity}{service} "
    if len(head) > LINE // 2:
        head = f"{incident.severity} "
    room = LINE - len(head) - len(tail)
    title = one_line(incident.title)
    if len(title) > room:
        title = title[: room - 1].rstrip() + "…"
    return f"{head}{title}{tail}"


def page_card(
    incidents: Sequence[Incident],
    policies: Policies,
    *,
    loud: bool,
    why: str = "",
    more: int = 0,
    ways: Ways | None = None,
) -> Card:
    """One page for one or several incidents, most severe first; `more` are only counted.

    `ways`: links in place of buttons, for a channel over which nobody can answer.
    """
    first = incidents[0]
    body: list[Element] = []
    if why:
        body.append(Text(why))
    for incident in incidents[:NAMED]:
        body.extend(_about(incident))
    others = len(incidents) + more - 1
    if others >= NAMED:
        body.append(Text(f"In all {others + 1} incidents; the list has the rest."))
    if ways is not None:
        body.extend(_links(incidents, ways))
    elif loud:
        body.append(Buttons(tuple(_buttons(incidents))))
    title = f"{page_line(first)} and {others} more" if others else page_line(first)
    return Card(
        title=title,
        body=tuple(body),
        tone=TONES[first.status],
        emoji=policies.severities[first.severity].emoji,
        fallback="; ".join(page_line(incident) for incident in incidents),
    )


def _buttons(incidents: Sequence[Incident]) -> Iterator[Button]:
    for number in [incident.number for incident in incidents[:ANSWERED]]:
        which = f" #{number}" if len(incidents) > 1 else ""
        yield Button(f"Acknowledge{which}", f"ack #{number}", Style.PRIMARY)
        yield Button(f"Can't take it{which}", f"escalate #{number} {CANNOT}")


def _links(incidents: Sequence[Incident], ways: Ways) -> list[Element]:
    several = len(incidents) > 1
    return [
        Items(
            tuple(Item(Ref(label, url)) for label, url in ways(incident)),
            f"#{incident.number}" if several else "",
        )
        for incident in incidents[:ANSWERED]
    ]


def _about(incident: Incident) -> list[Element]:
    if incident.visibility is Visibility.PRIVATE:
        return [Facts((Fact("Incident", f"#{incident.number}"),))]
    facts = [Fact("Incident", f"#{incident.number}"), Fact("What", Foreign(incident.title))]
    for name, value in (("Service", incident.service), ("Resource", incident.resource)):
        if value:
            facts.append(Fact(name, Foreign(value)))
    facts.append(Fact("Since", Moment(incident.opened_at)))
    return [Facts(tuple(facts))]
