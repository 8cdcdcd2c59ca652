"""A dialog in front of somebody, and what the bot may answer to open, mend and close it.

https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/task-modules-bots
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.teams.cards import actions, inputs, judge
from tests.fakes.teams.refusal import Refusal, bad
from tests.fakes.teams.state import ADAPTIVE, Json

SIZES = ("small", "medium", "large")


@dataclass(frozen=True)
class Begun:
    """Where a dialog was begun. `answers_to` is the invoke that its submission is; `value` goes
    along with it. `begun_in` is the activity id of the card it was opened from, empty for a message
    action."""

    answers_to: str
    value: Json
    room: str
    thread: str = ""
    begun_in: str = ""


@dataclass(frozen=True)
class Dialog:
    title: str
    card: Json
    begun: Begun

    def filled(self, values: Mapping[str, Any], press: str = "") -> Json:
        """The `data` of its submission: what the button carries, and all inputs by id.

        LookupError: there is no such input, or no such button.
        """
        data: Json = {}
        by_name: dict[str, Json] = {}
        for field in inputs(self.card):
            data[field["id"]] = field.get("value", "")
            if field["type"] == "Input.Toggle":
                data[field["id"]] = field.get("value", field.get("valueOff", "false"))
            by_name |= {field["id"]: field, str(field.get("label", "")): field}
        for name, value in values.items():
            if name not in by_name:
                raise LookupError(f"no input {name!r}; there are {sorted(by_name)}")
            data[by_name[name]["id"]] = _typed(by_name[name], value)
        missing = [f["id"] for f in inputs(self.card) if f.get("isRequired") and not data[f["id"]]]
        if missing:
            raise LookupError(f"Teams keeps it open: {missing} are needed")
        buttons = [one for one in actions(self.card) if one["type"] == "Action.Submit"]
        chosen = [one for one in buttons if press in ("", one.get("title"))]
        if not chosen:
            raise LookupError(f"no button {press!r}; {[one.get('title') for one in buttons]}")
        return {**(chosen[0].get("data") or {}), **data}


def _typed(field: Json, value: Any) -> str:
    if field["type"] == "Input.ChoiceSet" and not isinstance(value, bool):
        for choice in field["choices"]:
            if value in (choice["value"], choice["title"]):
                return str(choice["value"])
        raise LookupError(f"{field['id']} offers no {value!r}")
    if field["type"] == "Input.Toggle":
        name, default = ("valueOn", "true") if value else ("valueOff", "false")
        return str(field.get(name, default))
    text = str(value)
    if len(text) > field.get("maxLength", len(text)):
        raise LookupError(f"{field['id']} takes at most {field['maxLength']} characters")
    return text


def read_task(body: Any) -> tuple[str, str, Json]:
    """(`dialog`, title, card), (`message`, text, {}) or (`closed`, "", {}).

    Raises Refusal: Teams shows "Something went wrong" instead.
    """
    if body in ({}, "", None):
        return "closed", "", {}
    task = body.get("task") if isinstance(body, dict) else None
    if not isinstance(task, dict):
        raise bad(f"the answer to a dialog has a task: {str(body)[:200]}")
    match task:
        case {"type": "message", "value": str(text)}:
            return "message", text, {}
        case {"type": "continue", "value": {"title": str(title), "card": dict(attachment), **info}}:
            return "dialog", title, _shown(attachment, info)
        case _:
            raise Refusal(400, "BadRequest", f"no task of this shape: {str(task)[:200]}")


def _shown(attachment: Json, info: Json) -> Json:
    if attachment.get("contentType") != ADAPTIVE:
        raise bad("a dialog's card is an Adaptive Card's attachment")
    judge(attachment.get("content"), in_dialog=True)
    for side in ("height", "width"):
        if not isinstance(info.get(side), int) and info.get(side) not in SIZES:
            raise bad(f"{side} of a dialog is a number of pixels, or one of {SIZES}")
    card: Json = attachment["content"]
    return card
