"""What somebody fills in, as Slack writes it into `view.state.values`.

https://docs.slack.dev/reference/views#state
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.fakes.slack.block_kit.blocks import elements_of
from tests.fakes.slack.block_kit.elements import FORM_ONLY, INPUTS
from tests.fakes.slack.state import Json

OPTION: Final = {"static_select", "external_select", "radio_buttons"}
OPTIONS: Final = {"multi_static_select", "checkboxes"}
OTHERS: Final = {
    "users_select": "user",
    "multi_users_select": "users",
    "channels_select": "channel",
    "conversations_select": "conversation",
    "datepicker": "date",
    "timepicker": "time",
    "datetimepicker": "date_time",
}


def fill(blocks: list[Json], given: Mapping[str, Any]) -> dict[str, Json]:
    """`given` names fields by label, block_id or action_id; the others keep what they begin with.

    LookupError where there is no such field, ValueError for what Slack would not let one submit.
    """
    left = dict(given)
    values = beginnings(blocks)
    for block, element in _inputs(blocks):
        said, value = _take(left, block, element)
        if said:
            values[block["block_id"]][element["action_id"]] = state_of(element, value)
    if left:
        raise LookupError(f"There is no field {sorted(left)}; there are {sorted(_fields(blocks))}.")
    for block, element in _inputs(blocks):
        _judge(block, element, values[block["block_id"]][element["action_id"]])
    return values


def beginnings(blocks: list[Json]) -> dict[str, Json]:
    """The state of a view that nobody touched."""
    values: dict[str, Json] = {}
    for block, element in _inputs(blocks):
        values.setdefault(block["block_id"], {})[element["action_id"]] = beginning(element)
    return values


def _inputs(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in INPUTS:
                yield block, element


def _take(left: dict[str, Any], block: Json, element: Json) -> tuple[bool, Any]:
    for name in _names(block, element):
        if name in left:
            return True, left.pop(name)
    return False, None


def _names(block: Json, element: Json) -> list[str]:
    label = block.get("label", {}).get("text", "")
    return [name for name in (label, block["block_id"], element.get("action_id")) if name]


def _fields(blocks: list[Json]) -> list[str]:
    return [_names(block, element)[0] for block, element in _inputs(blocks)]


def state_of(element: Json, value: Any) -> Json:
    """An option is named by its text or by its value."""
    type = element["type"]
    if type in FORM_ONLY:
        return {"type": type, "value": value}
    if type in OPTION:
        return {"type": type, "selected_option": find_option(element, value) if value else None}
    if type in OPTIONS:
        return {"type": type, "selected_options": [find_option(element, each) for each in value]}
    return {"type": type, f"selected_{OTHERS[type]}": value}


def beginning(element: Json) -> Json:
    type = element["type"]
    if type in FORM_ONLY:
        return {"type": type, "value": element.get("initial_value")}
    if type in OPTION:
        return {"type": type, "selected_option": element.get("initial_option")}
    if type in OPTIONS:
        return {"type": type, "selected_options": element.get("initial_options", [])}
    nothing: Any = [] if type.startswith("multi_") else None
    what = OTHERS[type]
    return {"type": type, f"selected_{what}": element.get(f"initial_{what}", nothing)}


def find_option(element: Json, wanted: str) -> Json:
    groups = element.get("option_groups") or [element]
    options: list[Json] = [option for group in groups for option in group["options"]]
    for option in options:
        if wanted in (option["text"]["text"], option["value"]):
            return option
    raise LookupError(f"{wanted} is not among {[option['text']['text'] for option in options]}.")


def _judge(block: Json, element: Json, state: Json) -> None:
    if block["type"] != "input":
        return
    value = next(value for name, value in state.items() if name != "type")
    label = block["label"]["text"]
    if value in (None, "", []) and not block.get("optional"):
        raise ValueError(f"{label}: Please complete this required field.")
    if isinstance(value, str) and len(value) > element.get("max_length", 3000):
        raise ValueError(f"{label}: the text is too long.")
