"""Who is called by name, so that Teams tells them: by an entity only, never by words.

https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format#mention-support-within-adaptive-cards
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.cards.clean import cut
from bot.platforms.teams.runs import Made

MOST: Final = 20
"""People called by one card."""


@dataclass(frozen=True, slots=True)
class Mention:
    """`id` is a Teams id, an Entra object id or a user principal name; cards take them all."""

    id: str
    name: str


def line(mentions: Sequence[Mention]) -> list[Made]:
    """One line that names them; only a TextBlock takes mentions."""
    named = " ".join(_token(one) for one in mentions[:MOST])
    return [{"type": "TextBlock", "text": named, "wrap": True}] if named else []


def entities(mentions: Sequence[Mention]) -> list[Mapping[str, Any]]:
    return [
        {
            "type": "mention",
            "text": _token(one),
            "mentioned": {"id": one.id, "name": _name(one)},
        }
        for one in mentions[:MOST]
    ]


_MEANS: Final = str.maketrans(dict.fromkeys("\\`*_[]()<>~|#{}&", " "))


def _name(mention: Mention) -> str:
    """A TextBlock reads Markdown: what could be some is left out of a name."""
    said = " ".join(cut(mention.name, 80).translate(_MEANS).split())
    return said or "somebody"


def _token(mention: Mention) -> str:
    return f"<at>{_name(mention)}</at>"
