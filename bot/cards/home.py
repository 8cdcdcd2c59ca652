"""The page of one person in a chat platform: what is open, what is theirs, who is on call."""

from collections.abc import Mapping, Sequence

from bot.cards.listing import Listed
from bot.cards.names import state_name
from bot.cards.oncall import oncall_card
from bot.cards.tasks import done_buttons
from bot.domain.card import Button, Buttons, Card, Element, Foreign, Item, Items, Style, Text
from bot.domain.oncall import Shift
from bot.domain.policy import Policies
from bot.domain.task import Task

Turns = Mapping[str, tuple[Shift | None, Shift | None]]


def home_card(
    opened: Sequence[Listed],
    mine: Sequence[Listed],
    turns: Turns,
    policies: Policies,
    *,
    tasks: Sequence[Task] = (),
) -> Card:
    """`tasks` are open, and the reader's own."""
    body: list[Element] = [
        Buttons(
            (
                Button("Declare an incident", "declare", Style.PRIMARY),
                Button("Open incidents", "list"),
                Button("Help", "help"),
            )
        )
    ]
    if opened:
        body.append(_items("Open", opened))
    else:
        body.append(Text("Nothing is open."))
    if mine:
        body.append(_items("Yours", mine))
        body.append(Buttons(tuple(Button(f"#{i.number}", f"status #{i.number}") for i in mine[:5])))
    if tasks:
        items = (Item(Foreign(f"#{one.incident} {one.number}. {one.text}")) for one in tasks)
        body += (Items(tuple(items), "Your tasks"), Buttons(done_buttons(tasks, named=True)))
    if turns:
        body += oncall_card(turns, policies).body
    return Card("Incidents", tuple(body))


def _items(heading: str, incidents: Sequence[Listed]) -> Items:
    return Items(
        tuple(
            Item(
                Foreign(f"#{one.number} {one.title}"),
                f"{one.severity} {state_name(one.status)}",
                one.opened_at,
            )
            for one in incidents
        ),
        heading,
    )
