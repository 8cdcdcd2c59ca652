"""Blocks: https://docs.slack.dev/reference/block-kit/blocks."""

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, Final

from tests.fakes.slack.block_kit.elements import ELEMENTS, INPUTS, MENUS
from tests.fakes.slack.block_kit.objects import plain, text
from tests.fakes.slack.block_kit.shapes import (
    Rule,
    Shape,
    anything,
    flag,
    many,
    string,
    typed,
    wrong,
)


class Surface(StrEnum):
    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"


MOST: Final = {Surface.MESSAGE: 50, Surface.MODAL: 100, Surface.HOME: 100}
_ID: Final[dict[str, Rule]] = {"block_id": string(255)}


def _says_something(value: Any, at: str) -> Iterator[str]:
    if "text" not in value and "fields" not in value:
        yield wrong("needs text or fields", at)


def _context_element(value: Any, at: str) -> Iterator[str]:
    if isinstance(value, dict) and value.get("type") == "image":
        yield from ELEMENTS["image"].judge(value, at)
    else:
        yield from text()(value, at)


BLOCKS: Final[dict[str, Shape]] = {
    "section": Shape(
        {},
        {
            **_ID,
            "text": text(3000),
            "fields": many(text(2000), 10),
            "accessory": typed(ELEMENTS, MENUS | {"image"}),
            "expand": flag,
        },
        _says_something,
    ),
    "header": Shape({"text": plain(150)}, _ID),
    "divider": Shape({}, _ID),
    "context": Shape({"elements": many(_context_element, 10)}, _ID),
    "actions": Shape({"elements": many(typed(ELEMENTS, MENUS), 25)}, _ID),
    "image": Shape(
        {"image_url": string(3000), "alt_text": string(2000)}, {**_ID, "title": plain(2000)}
    ),
    "markdown": Shape({"text": string(12_000)}, _ID),
    "rich_text": Shape({"elements": many(anything, 100)}, _ID),
    "input": Shape(
        {"label": plain(2000), "element": typed(ELEMENTS, INPUTS)},
        {**_ID, "dispatch_action": flag, "hint": plain(2000), "optional": flag},
    ),
}
ALLOWED: Final = {
    Surface.MESSAGE: BLOCKS.keys() - {"input"},
    Surface.MODAL: BLOCKS.keys() - {"markdown"},
    Surface.HOME: BLOCKS.keys() - {"markdown"},
}


def judge_blocks(blocks: Sequence[Any], surface: Surface, at: str = "/blocks") -> list[str]:
    """What Slack would refuse, each with its JSON pointer; empty if it takes them."""
    rule = many(typed(BLOCKS, ALLOWED[surface]), MOST[surface], least=0)
    return [*rule(list(blocks), at), *_repeated(blocks, at)]


def _repeated(blocks: Sequence[Any], at: str) -> Iterator[str]:
    known = [block for block in blocks if isinstance(block, dict)]
    for id, times in Counter(block.get("block_id") for block in known).items():
        if id and times > 1:
            yield wrong(f"block_id `{id}` already exists", at)
    for place, block in enumerate(known):
        actions = Counter(element.get("action_id") for element in elements_of(block))
        for id, times in actions.items():
            if id and times > 1:
                yield wrong(f"action_id `{id}` already exists", f"{at}/{place}")


def elements_of(block: dict[str, Any]) -> list[dict[str, Any]]:
    """What somebody can press, choose or fill in there."""
    held = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
    return [e for e in held if isinstance(e, dict) and e.get("type") in ELEMENTS]


def named(blocks: Sequence[dict[str, Any]], new_id: Any) -> list[dict[str, Any]]:
    """The blocks with the ids that Slack gives to those that have none; `new_id()` makes one."""
    return [_named(block, new_id) for block in blocks]


def _named(block: dict[str, Any], new_id: Any) -> dict[str, Any]:
    whole = {**block, "block_id": block.get("block_id") or new_id()}
    for part in ("accessory", "element"):
        if part in whole:
            whole[part] = _pressable(whole[part], new_id)
    if block["type"] == "actions":
        whole["elements"] = [_pressable(element, new_id) for element in block["elements"]]
    return whole


def _pressable(element: dict[str, Any], new_id: Any) -> dict[str, Any]:
    if element["type"] == "image":
        return element
    return {**element, "action_id": element.get("action_id") or new_id()}
