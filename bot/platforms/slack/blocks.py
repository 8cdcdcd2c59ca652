"""The few blocks we use, each within its limits: https://docs.slack.dev/reference/block-kit/blocks"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from bot.cards import clean
from bot.domain.card import Button, Style
from bot.platforms.slack import escape
from bot.platforms.slack.press import action_id, block_id

Block = dict[str, Any]

TEXT: Final = 3_000
FIELD: Final = 2_000
FIELDS: Final = 10
HEADER: Final = 150
BUTTONS: Final = 25
LABEL: Final = 75
VALUE: Final = 2_000
BLOCKS: Final = 50

_STYLES: Final = {Style.PRIMARY: "primary", Style.DANGER: "danger"}


def plain(text: str, limit: int) -> Block:
    """A plain_text object: nothing in it has a meaning, not even `:smile:`."""
    said = clean.cut(text, limit)
    return {"type": "plain_text", "text": said if said.strip() else "-", "emoji": False}


def mrkdwn(text: str, limit: int = TEXT) -> Block:
    """A mrkdwn object; Slack makes no links or mentions of its own out of it."""
    said = escape.cut(text, limit)
    return {"type": "mrkdwn", "text": said if said.strip() else "-", "verbatim": True}


def section(text: str) -> Block:
    return {"type": "section", "text": mrkdwn(text)}


def foreign_section(text: str) -> Block:
    return {"type": "section", "text": plain(text, TEXT)}


def fields(texts: Sequence[str]) -> list[Block]:
    """Two columns of mrkdwn, ten to a block."""
    return [
        {"type": "section", "fields": [mrkdwn(text, FIELD) for text in texts[at : at + FIELDS]]}
        for at in range(0, len(texts), FIELDS)
    ]


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, HEADER)}


def context(text: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text)]}


def actions(buttons: Iterable[Button], version: int | None, place: int) -> list[Block]:
    """Rows of buttons, the first as number `place` of the message.

    A command that does not fit into a button is only named in the plain text.
    """
    fitting = [button for button in buttons if 0 < len(button.command) <= VALUE]
    return [
        {
            "type": "actions",
            "block_id": block_id(version, place + row),
            "elements": [
                _button(button, n)
                for n, button in enumerate(fitting[row * BUTTONS : (row + 1) * BUTTONS])
            ],
        }
        for row in range(-(-len(fitting) // BUTTONS))
    ]


def _button(button: Button, place: int) -> Block:
    made: Block = {
        "type": "button",
        "action_id": action_id(place),
        "text": plain(button.label, LABEL),
        "value": button.command,
    }
    if style := _STYLES.get(button.style):
        made["style"] = style
    if button.confirm:
        made["confirm"] = {
            "title": plain(button.label, 100),
            "text": plain(button.confirm, 300),
            "confirm": plain("Yes, do it", 30),
            "deny": plain("No", 30),
        }
    return made


def open_button(label: str, url: str) -> Block:
    """One button that opens a page; Slack tells us of its press all the same."""
    element = {
        "type": "button",
        "action_id": action_id(0),
        "text": plain(label, LABEL),
        "url": url,
    }
    return {"type": "actions", "block_id": block_id(None, 0), "elements": [element]}
