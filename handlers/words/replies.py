"""Answers that many commands give alike."""

from bot.domain.card import Button, Buttons, Card, Element, Fact, Facts, Moment, Style, Text
from bot.engine.acts.base import Done


def done_card(done: Done, text: str, *, undo: bool = False) -> Card:
    """One sentence about what happened, with Undo where it can be taken back."""
    number = done.incident.number
    body: list[Element] = []
    if undo and done.changed and done.entry is not None:
        line = done.entry.seq
        body.append(Buttons((Button("Undo", f"undo #{number} {line}", Style.NORMAL),)))
    return Card(text, tuple(body))


def since_card(title: str, fact: str, moment: Moment) -> Card:
    return Card(title, (Facts((Fact(fact, moment),)),))


def note_card(title: str, text: str) -> Card:
    return Card(title, (Text(text),))
