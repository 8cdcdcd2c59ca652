"""A card as an Adaptive Card 1.5: a coloured head, and below it one paragraph for each thing said.

Paragraphs are as wide as the client, so a phone shows all that a desktop shows. A message is never
larger than 28 KB, whatever the card holds: what is too long is cut with `…`, and where whole parts
had to be left out, the last one says so; buttons are left out last. `fallbackText` is the card as
plain text; `summary` is what a notification says.
https://adaptivecards.io/explorer/AdaptiveCard.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, assert_never

import orjson

from bot.cards.clean import cut
from bot.cards.plain_text import plain_text
from bot.domain.card import (
    Buttons,
    Card,
    Element,
    Fact,
    Facts,
    Foreign,
    Item,
    Items,
    Text,
    Tone,
    Warning,
)
from bot.platforms.teams import actions as a
from bot.platforms.teams import mentions, press
from bot.platforms.teams import runs as r
from bot.platforms.teams.fit import within
from bot.platforms.teams.mentions import Mention
from bot.platforms.teams.runs import Made

ADAPTIVE: Final = "application/vnd.microsoft.card.adaptive"
SCHEMA: Final = "http://adaptivecards.io/schemas/adaptive-card.json"
VERSION: Final = "1.5"

SIZE: Final = 28 * 1024
"""Bytes of a whole message:
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/format-your-bot-messages"""

FRAME: Final = 2 * 1024
"""Bytes kept for the activity that the card is attached to."""

FALLBACK: Final = 6 * 1024
"""Bytes of the plain text."""

REFRESHED_FOR: Final = 60
"""People for whom a client asks for their own card:
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards/work-with-universal-actions-for-adaptive-cards"""

STYLES: Final[dict[Tone, str]] = {
    Tone.ALARM: "attention",
    Tone.ACTIVE: "warning",
    Tone.CALM: "good",
    Tone.MUTED: "emphasis",
}
"""A card of a neutral tone has no head."""

_CUT: Final = "\n(cut; the web room has all of it)"
_NOTHING: Final = "-"
_CLOSE: Final = "None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a card is shown with: the incident's `version` for its buttons; `mentions` notify; a
    client asks for a newer card of `incident` on behalf of `viewers`; `foot` stands below."""

    version: int | None = None
    mentions: Sequence[Mention] = ()
    incident: int | None = None
    viewers: Sequence[str] = ()
    foot: Sequence[Made] = field(default=())
    asks: a.Asks = a.never


ALONE: Final = Around()


def activity(card: Card, around: Around = ALONE) -> dict[str, Any]:
    """The message, to be sent or to take the place of an older one."""
    return {
        "type": "message",
        "summary": summary(card),
        "attachments": [{"contentType": ADAPTIVE, "content": adaptive(card, around)}],
    }


def summary(card: Card) -> str:
    """One line, for the list of notifications."""
    said = " ".join((card.fallback or plain_text(card)).split())
    return cut(said, 250) or _NOTHING


def adaptive(card: Card, around: Around = ALONE) -> dict[str, Any]:
    """The content of the attachment."""
    head, foot = [*mentions.line(around.mentions), *_head(card)], list(around.foot)
    made: dict[str, Any] = {
        "$schema": SCHEMA,
        "type": "AdaptiveCard",
        "version": VERSION,
        "fallbackText": fallback(card),
        "body": [*head, *foot],
        "msteams": {"width": "Full", "entities": mentions.entities(around.mentions)},
    }
    if around.incident is not None:
        made["refresh"] = _refresh(around.incident, around.viewers)
    room = SIZE - FRAME - len(orjson.dumps(made))
    made["body"] = [*head, *within(_parts(card, around), room), *foot]
    return made


def fallback(card: Card) -> str:
    """The whole card as plain text; where it is cut, it says so."""
    whole = r.harmless(plain_text(card), SIZE).strip() or _NOTHING
    if len(orjson.dumps(whole)) <= FALLBACK:
        return whole
    most = FALLBACK // 6  # a character is at most six bytes of JSON
    while len(orjson.dumps(whole[: most * 2])) <= FALLBACK - len(_CUT) - 2:
        most *= 2
    return whole[:most].rstrip() + _CUT


# what it says


def _head(card: Card) -> list[Made]:
    title = " ".join(filter(None, (card.emoji, " ".join(card.title.split()))))
    if card.tone is Tone.NEUTRAL:
        return []
    words = r.block([r.run(title, r.LINE, weight="Bolder", size="Large")])
    return [
        {
            "type": "Container",
            "style": STYLES[card.tone],
            "bleed": True,
            "items": [words or r.block([r.run(_NOTHING)])],
        }
    ]


def _parts(card: Card, around: Around) -> list[Made]:
    """What stands below the head, in order."""
    body = list(card.body)
    made: list[Made] = []
    if card.tone is Tone.NEUTRAL:
        made += _plainly(card, body)
    for element in body:
        made += _element(element, around)
    return made


def _plainly(card: Card, body: list[Element]) -> Iterator[Made]:
    """A line of the room: no head; the title begins the first words, which it takes."""
    title = " ".join(filter(None, (card.emoji, card.title)))
    words: list[r.Run] = [r.bold(title)] if title.strip() else []
    match body:
        case [Text(first), *_]:
            del body[0]
            words += [r.run(" "), *r.markdown(first)]
    if said := r.block(words):
        yield said
    elif not body:
        yield {"type": "RichTextBlock", "inlines": [r.run(_NOTHING)]}


def _element(element: Element, around: Around) -> Iterator[Made]:
    match element:
        case Text(words):
            yield from _some(r.block(r.markdown(words)))
        case Foreign(text):
            yield from _some(r.block([r.run(text.strip())]))
        case Warning(text):
            yield from _some(r.block([r.run(f"⚠ {text}", color="Attention", weight="Bolder")]))
        case Facts(facts):
            yield from (one for n, fact in enumerate(facts) for one in _fact(fact, n))
        case Items(items, heading):
            yield from _items(items, heading)
        case Buttons(buttons):
            yield from a.rows(buttons, a.On(around.version, around.incident, around.asks))
        case _:
            assert_never(element)


def _some(made: Made | None) -> Iterator[Made]:
    if made is not None:
        yield made


def _fact(fact: Fact, place: int) -> Iterator[Made]:
    old = []
    if fact.old:
        old = [r.run(" ".join(fact.old.split()), r.LINE, strikethrough=True), r.run(" ")]
    words = [r.bold(f"{fact.name}:"), r.run(" "), *old, *r.value(fact.value)]
    yield from _some(r.block(words, spacing="Default" if place == 0 else _CLOSE))


def _items(items: Sequence[Item], heading: str) -> Iterator[Made]:
    if heading:
        yield from _some(r.block([r.bold(heading)]))
    for item in items:
        words = [r.run("• "), *r.value(item.value)]
        if item.about:
            words.append(r.one_line(f": {item.about}"))
        if item.at:
            words += [r.run(" ("), r.moment(item.at), r.run(")")]
        yield from _some(r.block(words, spacing=_CLOSE))


def _refresh(incident: int, viewers: Sequence[str]) -> dict[str, Any]:
    action = {
        "type": "Action.Execute",
        "title": "Refresh",
        "verb": press.REFRESH,
        "data": press.refreshes(incident),
    }
    return {"action": action, "userIds": list(dict.fromkeys(viewers))[:REFRESHED_FOR]}
