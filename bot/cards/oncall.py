"""Who is on call."""

from collections.abc import Mapping

from bot.cards.names import person_name
from bot.domain.card import Card, Element, Foreign, Item, Items, Warning
from bot.domain.oncall import Shift
from bot.domain.policy import Policies


def oncall_card(
    turns: Mapping[str, tuple[Shift | None, Shift | None]],
    policies: Policies,
    *,
    lost: Mapping[tuple[str, str], str] | None = None,
) -> Card:
    """`turns`: schedule → (who has it now, who is next); `lost`: (person, channel) → why no page
    reaches them there."""
    if not turns:
        return Card("No schedule is set up. Add one to schedules.yaml.")
    body: list[Element] = [
        Warning(
            f"{person_name(policies.people, person)} cannot be paged by {channel}: {why}. The next"
            " way is taken at once."
        )
        for (person, channel), why in (lost or {}).items()
    ]
    for name, (now, following) in turns.items():
        items = []
        if now is None:
            items.append(Item("Nobody", "is on call now"))
        else:
            who = Foreign(person_name(policies.people, now.person))
            items.append(Item(who, "until", now.ends_at))
        if following is not None:
            who = Foreign(person_name(policies.people, following.person))
            items.append(Item(who, "next, until", following.ends_at))
        body.append(Items(tuple(items), name))
    return Card("On call", tuple(body))
