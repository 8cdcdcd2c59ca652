"""Views: https://docs.slack.dev/reference/views."""

import json
from collections.abc import Iterator
from typing import Any, Final

from tests.fakes.slack.block_kit.blocks import Surface, judge_blocks
from tests.fakes.slack.block_kit.objects import plain
from tests.fakes.slack.block_kit.shapes import Rule, Shape, anything, flag, string, wrong

LARGEST: Final = 250_000
"""Bytes."""

_COMMON: Final[dict[str, Rule]] = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}


def _enough_blocks(value: Any, at: str) -> Iterator[str]:
    if not value.get("blocks"):
        yield wrong("no fewer than 1 items", f"{at}/blocks")


def _has_submit(value: Any, at: str) -> Iterator[str]:
    yield from _enough_blocks(value, at)
    asks = any(isinstance(b, dict) and b.get("type") == "input" for b in value.get("blocks", []))
    if asks and "submit" not in value:
        yield wrong("a view with input blocks needs submit", at)


VIEWS: Final = {
    Surface.MODAL: Shape(
        {"title": plain(24), "blocks": anything},
        {
            **_COMMON,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": flag,
            "notify_on_close": flag,
            "submit_disabled": flag,
        },
        _has_submit,
    ),
    Surface.HOME: Shape({"blocks": anything}, _COMMON, _enough_blocks),
}


def judge_view(view: dict[str, Any], *surfaces: Surface) -> list[str]:
    """What Slack would refuse; only these surfaces can be shown here."""
    type = view.get("type")
    if type not in surfaces:
        return [wrong(f"must be one of {', '.join(surfaces)}", "/view/type")]
    blocks = view.get("blocks")
    if not isinstance(blocks, list):
        return [wrong("must be an array", "/view/blocks")]
    surface = Surface(type)
    return [
        *VIEWS[surface].judge(view, "/view"),
        *judge_blocks(blocks, surface, "/view/blocks"),
    ]


def is_too_large(view: dict[str, Any]) -> bool:
    return len(json.dumps(view).encode()) > LARGEST
