"""Once a day, what nobody was told of: incidents that are quiet by policy."""

from collections.abc import Sequence
from datetime import datetime

from bot.cards.listing import Listed
from bot.cards.names import state_name
from bot.domain.card import Card, Element, Item, Items, Ref, Text


def digest_card(incidents: Sequence[Listed], until: datetime, *, more: int, url: str) -> Card:
    """Those of the day before `until`; `more` are not shown. `url` is where the pages of incidents
    begin."""
    count = len(incidents) + more
    title = f"{count} quiet {'incident' if count == 1 else 'incidents'}, {until:%d %B}"
    items = tuple(
        Item(
            Ref(f"#{one.number} {one.title}", f"{url}/{one.number}"),
            f"{one.severity} {state_name(one.status)}",
            one.opened_at,
        )
        for one in incidents
    )
    body: list[Element] = [Items(items)]
    if more:
        body.append(Text(f"And {more} more, in the [list]({url.removesuffix('/incidents')}/)."))
    return Card(title, tuple(body), fallback=title)
