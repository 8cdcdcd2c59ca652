"""Buttons as rows of actions, six at most, and each within what fits into a card."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.card import Button, Style
from bot.platforms.teams import press
from bot.platforms.teams.runs import Made, block, harmless, run

ROW: Final = 6
"""Teams shows six actions in a row, and more of them not at all."""

LABEL: Final = 75
COMMAND: Final = 2_000

_STYLES: Final = {Style.PRIMARY: "positive", Style.DANGER: "destructive"}

Asks = Callable[[str], bool]
"""A command line → whether it is answered with a form when nothing else is given."""


def never(command: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class On:
    """What buttons stand on: a card of this `version`, and whose live card it is, if it is one."""

    version: int | None = None
    incident: int | None = None
    asks: Asks = never


def rows(buttons: Iterable[Button], on: On) -> list[Made]:
    """A command that does not fit into a button is only named in the plain text."""
    fitting = [button for button in buttons if 0 < len(button.command) <= COMMAND]
    return [
        {
            "type": "ActionSet",
            "actions": [_button(one, on) for one in fitting[at : at + ROW]],
        }
        for at in range(0, len(fitting), ROW)
    ]


def _button(button: Button, on: On) -> Made:
    if not button.confirm:
        return _does(button.label, button, on)
    words = block([run(button.confirm, 300)], spacing="None")
    return {
        "type": "Action.ShowCard",
        "title": _label(button.label),
        **_style(button),
        "card": {
            "type": "AdaptiveCard",
            "version": "1.5",
            "body": [words] if words else [],
            "actions": [_does("Yes, do it", button, on)],
        },
    }


def _does(label: str, button: Button, on: On) -> Made:
    made: Made = {"title": _label(label), **_style(button)}
    if on.asks(button.command):
        data = press.asks(button.command, on.version, on.incident)
        return {"type": "Action.Submit", **made, "data": data}
    data = press.pressed(button.command, on.version, on.incident)
    return {"type": "Action.Execute", **made, "verb": press.VERB, "data": data}


def _label(text: str) -> str:
    said = harmless(" ".join(text.split()), LABEL)
    return said if said.strip() else "-"


def _style(button: Button) -> dict[str, Any]:
    return {"style": _STYLES[button.style]} if button.style in _STYLES else {}


def open_button(label: str, url: str) -> Made:
    """One button that opens a page."""
    action = {"type": "Action.OpenUrl", "title": _label(label), "url": url}
    return {"type": "ActionSet", "actions": [action]}
