"""Whether an Adaptive Card is one that Teams shows: version, known elements, required properties,
ids of inputs told apart, and the Microsoft documents' limits.

https://adaptivecards.io/explorer/ and
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from tests.fakes.teams.refusal import Refusal, bad
from tests.fakes.teams.state import Json

SIZE: Final = 28 * 1024
PRIMARY_ACTIONS: Final = 6
REFRESH_USERS: Final = 60
ADAPTIVE_ONLY: Final = frozenset({"contentType", "content", "contentUrl", "name", "thumbnailUrl"})

ELEMENTS: Final[dict[str, tuple[str, ...]]] = {
    "TextBlock": ("text",),
    "RichTextBlock": ("inlines",),
    "FactSet": ("facts",),
    "Container": ("items",),
    "ColumnSet": (),
    "Column": (),
    "ActionSet": ("actions",),
    "Image": ("url",),
    "Table": ("columns",),
    "TableRow": ("cells",),
    "TableCell": ("items",),
    "Input.Text": ("id",),
    "Input.Number": ("id",),
    "Input.Date": ("id",),
    "Input.Time": ("id",),
    "Input.Toggle": ("id", "title"),
    "Input.ChoiceSet": ("id", "choices"),
    "TextRun": ("text",),
    "Action.Execute": (),
    "Action.Submit": (),
    "Action.OpenUrl": ("url",),
    "Action.ShowCard": ("card",),
    "Action.ToggleVisibility": ("targetElements",),
    "AdaptiveCard": ("version",),
}
NESTS: Final = ("body", "items", "columns", "actions", "rows", "cells", "inlines", "card")
"""Properties that hold further elements."""


def parts(element: Any) -> Iterator[Json]:
    """The element and all that is in it, in the order they are read."""
    if isinstance(element, list):
        for one in element:
            yield from parts(one)
    elif isinstance(element, dict):
        yield element
        for name in NESTS:
            if not (element.get("type") == "Table" and name == "columns"):
                yield from parts(element.get(name))


def actions(card: Json) -> list[Json]:
    return [one for one in parts(card) if str(one.get("type", "")).startswith("Action.")]


def inputs(card: Json) -> list[Json]:
    return [one for one in parts(card) if str(one.get("type", "")).startswith("Input.")]


def words_of(card: Json) -> str:
    """All that a reader sees."""
    said = []
    for one in parts(card):
        said += [str(one[name]) for name in ("text", "title", "label", "value") if one.get(name)]
        said += [f"{fact.get('title')} {fact.get('value')}" for fact in one.get("facts") or ()]
    return "\n".join(said)


def judge(card: Any, *, in_dialog: bool = False) -> None:
    """Raises Refusal: Teams does not show it."""
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
        raise bad("an Adaptive Card has the type AdaptiveCard")
    if card.get("version") not in ("1.2", "1.3", "1.4", "1.5"):
        raise bad(f"Teams shows Adaptive Cards up to 1.5, not {card.get('version')!r}")
    if len(json.dumps(card, ensure_ascii=False).encode()) > SIZE:
        raise Refusal(413, "MessageSizeTooBig", "The card is larger than 28 KB.")
    for element in parts(card):
        _element(element)
    _ids(card)
    _refresh(card.get("refresh"))
    _mentions(card)
    if len(card.get("actions") or ()) > PRIMARY_ACTIONS:
        raise bad("a card shows at most 6 actions; the others belong into ActionSets")
    if in_dialog and not any(one["type"] == "Action.Submit" for one in actions(card)):
        raise bad("a dialog's card is sent off by Action.Submit, and has none")


def _element(element: Json) -> None:  # one rule a line
    kind = element.get("type", "TextRun" if "text" in element else "")
    if kind not in ELEMENTS:
        raise bad(f"Teams knows no element {kind!r}: {str(element)[:200]}")
    for name in ELEMENTS[kind]:
        if element.get(name) in (None, "", []):
            raise bad(f"{kind} needs {name}")
    url = element.get("url")
    if url is not None and not str(url).startswith(("https://", "http://", "data:", "mailto:")):
        raise bad(f"this is no address: {url!r}")
    if not all(one.get("title") and one.get("value") for one in element.get("choices") or ()):
        raise bad("a choice has a title and a value")
    facts = element.get("facts") or ()
    if not all("title" in one and isinstance(one.get("value"), str) for one in facts):
        raise bad("a fact has a title and a value, both texts")
    if kind.startswith("Input.") and element.get("isRequired") and not element.get("errorMessage"):
        raise bad("a required input says what is missing: errorMessage")


def _ids(card: Json) -> None:
    ids = [one["id"] for one in parts(card) if one.get("id")]
    if doubled := {id for id in ids if ids.count(id) > 1}:
        raise bad(f"ids are given twice: {sorted(doubled)}")


def _refresh(refresh: Json | None) -> None:
    if refresh is None:
        return
    if (refresh.get("action") or {}).get("type") != "Action.Execute":
        raise bad("refresh needs an Action.Execute")
    if len(refresh.get("userIds") or ()) > REFRESH_USERS:
        raise bad("refresh takes at most 60 userIds")


def _mentions(card: Json) -> None:
    entities = (card.get("msteams") or {}).get("entities") or ()
    check_mentions(words_of(card), entities)


def check_mentions(text: str, entities: Any) -> None:
    """Every mention entity's text stands in the message, and every `<at>` has its entity."""
    named = [e for e in entities if e.get("type") == "mention"]
    for entity in named:
        said, who = str(entity.get("text") or ""), entity.get("mentioned") or {}
        if not said or said not in text:
            raise bad(f"the mention {said!r} is not in the text")
        if not who.get("id") or not who.get("name"):
            raise bad("mentioned needs id and name")
    texts = {str(e.get("text")) for e in named}
    for piece in text.split("<at>")[1:]:
        if f"<at>{piece.partition('</at>')[0]}</at>" not in texts:
            raise bad(f"<at>{piece[:40]} has no mention entity")
