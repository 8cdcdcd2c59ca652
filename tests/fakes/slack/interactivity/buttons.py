"""Finding what somebody presses, and how Slack writes down that they did."""

from typing import Any

from tests.fakes.slack.block_kit.blocks import elements_of
from tests.fakes.slack.block_kit.elements import INPUTS
from tests.fakes.slack.interactivity.forms import find_option, state_of
from tests.fakes.slack.state import Json


def buttons(blocks: list[Json]) -> list[str]:
    """The words on them, in order."""
    found = [element for block in blocks for element in elements_of(block)]
    return [_words(element) for element in found if element["type"] == "button"]


def pressed(blocks: list[Json], what: str, choice: Any, ts: str) -> Json:
    """The action: `what` is the button's text or the element's action_id, `choice` what is taken
    from a menu. LookupError names what there is."""
    there = []
    for block in blocks:
        for element in elements_of(block):
            there.append(_words(element))
            if what in (_words(element), element.get("action_id")):
                known = {"block_id": block["block_id"], "action_id": element["action_id"]}
                return {**known, **_said(element, choice), "action_ts": ts}
    raise LookupError(f"There is no {what!r}; there are {there}.")


def _words(element: Json) -> str:
    text = element.get("text") or element.get("placeholder") or {}
    return str(text.get("text") or element.get("action_id", ""))


def _said(element: Json, choice: Any) -> Json:
    type = element["type"]
    if type == "button":
        said = {"type": type, "text": element["text"]}
        return said | {name: element[name] for name in ("value", "style") if name in element}
    if type == "overflow":
        return {"type": type, "selected_option": find_option(element, choice)}
    if type in INPUTS:
        return state_of(element, choice)
    raise LookupError(f"Nobody presses a {type}.")
