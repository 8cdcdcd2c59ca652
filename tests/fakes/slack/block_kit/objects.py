"""Composition objects: https://docs.slack.dev/reference/block-kit/composition-objects."""

from collections.abc import Iterator
from typing import Any

from tests.fakes.slack.block_kit.shapes import (
    Rule,
    Shape,
    flag,
    many,
    one_of,
    shaped,
    string,
    typed,
    wrong,
)

LONGEST_TEXT = 3000


def plain(most: int) -> Rule:
    return typed({"plain_text": Shape({"text": string(most)}, {"emoji": flag})})


def text(most: int = LONGEST_TEXT) -> Rule:
    """plain_text or mrkdwn."""
    return typed(
        {
            "plain_text": Shape({"text": string(most)}, {"emoji": flag}),
            "mrkdwn": Shape({"text": string(most)}, {"verbatim": flag}),
        }
    )


OPTION = Shape(
    {"text": plain(75), "value": string(150)}, {"description": plain(75), "url": string(3000)}
)
TICK = Shape({"text": text(75), "value": string(150)}, {"description": text(75)})
"""What checkboxes and radio buttons offer, where mrkdwn is allowed."""

GROUP = Shape({"label": plain(75), "options": many(shaped(OPTION), 100)}, {})

CONFIRM = Shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)


def choices(value: Any, at: str) -> Iterator[str]:
    """Options or groups of them, never both; whatever is chosen at first is one of them."""
    if ("options" in value) == ("option_groups" in value):
        yield wrong("needs options or option_groups, and only one of them", at)
        return
    groups = value.get("option_groups") or [{"options": value.get("options")}]
    offered = [option for group in groups for option in group.get("options") or []]
    chosen = [value["initial_option"]] if "initial_option" in value else []
    for option in chosen + list(value.get("initial_options", [])):
        if option not in offered:
            yield wrong("the initial option is not among the options", at)
