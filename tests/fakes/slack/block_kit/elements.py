"""Block elements: https://docs.slack.dev/reference/block-kit/block-elements."""

from collections.abc import Iterator
from typing import Any, Final

from tests.fakes.slack.block_kit.objects import CONFIRM, GROUP, OPTION, TICK, choices, plain
from tests.fakes.slack.block_kit.shapes import (
    Rule,
    Shape,
    anything,
    flag,
    many,
    number,
    one_of,
    shaped,
    string,
    wrong,
)

_ID: Final[dict[str, Rule]] = {"action_id": string(255)}
_COMMON: Final[dict[str, Rule]] = {**_ID, "confirm": shaped(CONFIRM), "focus_on_load": flag}
_MENU: Final[dict[str, Rule]] = {**_COMMON, "placeholder": plain(150)}
_INPUT: Final[dict[str, Rule]] = {
    **_ID,
    "placeholder": plain(150),
    "focus_on_load": flag,
    "dispatch_action_config": anything,
}
_OPTIONS: Final[dict[str, Rule]] = {
    "options": many(shaped(OPTION), 100),
    "option_groups": many(shaped(GROUP), 100),
}
_MANY: Final[dict[str, Rule]] = {"max_selected_items": number}
_ids: Final = many(string(30), 100)


def _range(value: Any, at: str) -> Iterator[str]:
    least, most = value.get("min_length", 0), value.get("max_length", 3000)
    if not 0 <= least <= most <= 3000:
        yield wrong("lengths go from 0 to 3000", at)


ELEMENTS: Final[dict[str, Shape]] = {
    "button": Shape(
        {"text": plain(75)},
        {
            **_ID,
            "url": string(3000),
            "value": string(2000),
            "style": one_of("primary", "danger"),
            "confirm": shaped(CONFIRM),
            "accessibility_label": string(75),
        },
    ),
    "static_select": Shape({}, {**_MENU, **_OPTIONS, "initial_option": shaped(OPTION)}, choices),
    "multi_static_select": Shape(
        {},
        {**_MENU, **_OPTIONS, **_MANY, "initial_options": many(shaped(OPTION), 100)},
        choices,
    ),
    "external_select": Shape(
        {}, {**_MENU, "min_query_length": number, "initial_option": shaped(OPTION)}
    ),
    "users_select": Shape({}, {**_MENU, "initial_user": string(30)}),
    "multi_users_select": Shape({}, {**_MENU, **_MANY, "initial_users": _ids}),
    "channels_select": Shape(
        {}, {**_MENU, "initial_channel": string(30), "response_url_enabled": flag}
    ),
    "conversations_select": Shape(
        {},
        {
            **_MENU,
            "initial_conversation": string(30),
            "default_to_current_conversation": flag,
            "response_url_enabled": flag,
            "filter": anything,
        },
    ),
    "overflow": Shape({"options": many(shaped(OPTION), 5)}, {**_ID, "confirm": shaped(CONFIRM)}),
    "datepicker": Shape({}, {**_MENU, "initial_date": string(10, 10)}),
    "timepicker": Shape({}, {**_MENU, "initial_time": string(5, 5), "timezone": string(60)}),
    "datetimepicker": Shape({}, {**_COMMON, "initial_date_time": number}),
    "radio_buttons": Shape(
        {"options": many(shaped(TICK), 10)}, {**_COMMON, "initial_option": shaped(TICK)}, choices
    ),
    "checkboxes": Shape(
        {"options": many(shaped(TICK), 10)},
        {**_COMMON, "initial_options": many(shaped(TICK), 10)},
        choices,
    ),
    "plain_text_input": Shape(
        {},
        {
            **_INPUT,
            "initial_value": string(3000, 0),
            "multiline": flag,
            "min_length": number,
            "max_length": number,
        },
        _range,
    ),
    "email_text_input": Shape({}, {**_INPUT, "initial_value": string(3000)}),
    "url_text_input": Shape({}, {**_INPUT, "initial_value": string(3000)}),
    "number_input": Shape(
        {"is_decimal_allowed": flag},
        {
            **_INPUT,
            "initial_value": string(30),
            "min_value": string(30),
            "max_value": string(30),
        },
    ),
    "image": Shape({"image_url": string(3000), "alt_text": string(2000)}, {}),
}

FORM_ONLY: Final = frozenset(
    {"plain_text_input", "email_text_input", "url_text_input", "number_input"}
)
MENUS: Final = frozenset(ELEMENTS) - FORM_ONLY - {"image"}
"""What may stand in an actions block or beside a section."""
INPUTS: Final = frozenset(ELEMENTS) - {"button", "overflow", "image"}
"""What an input block may hold."""
