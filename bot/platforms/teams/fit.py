"""What of a card fits into a message, and that something was left out."""

from typing import Any, Final

import orjson

from bot.platforms.teams import runs as r
from bot.platforms.teams.runs import Made

_MORE: Final = "{n} more parts of this message were left out; the web room has all of it."


def size(made: Any) -> int:
    return len(orjson.dumps(made))


def within(parts: list[Made], room: int) -> list[Made]:
    """The parts that fit, buttons before anything else; what was left out is counted."""
    if sum(size(one) + 1 for one in parts) <= room:
        return parts
    room -= size(_left_out(len(parts))) + 1
    kept: set[int] = set()
    for place in sorted(range(len(parts)), key=lambda n: (parts[n]["type"] != "ActionSet", n)):
        takes = size(parts[place]) + 1
        if takes <= room:
            kept.add(place)
            room -= takes
    shown = [part for place, part in enumerate(parts) if place in kept]
    return [*shown, _left_out(len(parts) - len(shown))]


def _left_out(n: int) -> Made:
    words = r.run(_MORE.format(n=n), italic=True, isSubtle=True)
    return {"type": "RichTextBlock", "inlines": [words]}
