"""Block Kit's documented limits, with slack_sdk.models as the second judge where it has one."""

from typing import Any

import pytest
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Slack
from tests.fakes.slack.block_kit.blocks import Surface, judge_blocks
from tests.fakes.slack.block_kit.views import judge_view
from tests.unit.slack_sim.conftest import refusal

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def button(**changed: Any) -> Json:
    return {"type": "button", "text": plain("Ack"), "action_id": "ack", "value": "1", **changed}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def section(**said: Any) -> Json:
    return {"type": "section", **said}


def options(many: int) -> list[Json]:
    return [{"text": plain(f"o{n}"), "value": str(n)} for n in range(many)]


def select(**changed: Any) -> Json:
    return {"type": "static_select", "action_id": "s", "options": options(2), **changed}


def asks(element: Json) -> Json:
    return {"type": "input", "label": plain("Title"), "element": element}


def modal(**changed: Any) -> Json:
    blocks = [asks({"type": "plain_text_input", "action_id": "t"})]
    whole = {"type": "modal", "title": plain("Declare"), "submit": plain("Go"), "blocks": blocks}
    return {**whole, **changed}


GOOD = [
    section(text=mrkdwn("x" * 3000)),
    section(fields=[mrkdwn("x" * 2000)] * 10),
    section(text=mrkdwn("x"), accessory=button()),
    section(text=mrkdwn("x"), accessory=select()),
    {"type": "header", "text": plain("x" * 150)},
    {"type": "divider"},
    {"type": "context", "elements": [mrkdwn("x")] * 10},
    actions(*(button(action_id=f"a{n}") for n in range(25))),
    actions(button(text=plain("x" * 75), value="x" * 2000, style="danger")),
    actions(select(options=options(100), initial_option=options(1)[0])),
    actions({"type": "overflow", "action_id": "o", "options": options(5)}),
]

BAD = {
    "a long section": section(text=mrkdwn("x" * 3001)),
    "an empty section": section(),
    "an empty text": section(text=mrkdwn("")),
    "eleven fields": section(fields=[mrkdwn("x")] * 11),
    "a long header": {"type": "header", "text": plain("x" * 151)},
    "a header in mrkdwn": {"type": "header", "text": mrkdwn("x")},
    "eleven in a context": {"type": "context", "elements": [mrkdwn("x")] * 11},
    "26 buttons": actions(*(button(action_id=f"a{n}") for n in range(26))),
    "no button": actions(),
    "a long button": actions(button(text=plain("x" * 76))),
    "a button in mrkdwn": actions(button(text=mrkdwn("Ack"))),
    "a long value": actions(button(value="x" * 2001)),
    "a long action_id": actions(button(action_id="x" * 256)),
    "an action_id twice": actions(button(), button()),
    "a style of our own": actions(button(style="green")),
    "a property of our own": actions(button(colour="green")),
    "101 options": actions(select(options=options(101))),
    "no options": actions(select(options=[])),
    "a long option": actions(select(options=[{"text": plain("x" * 76), "value": "1"}])),
    "six in an overflow": actions({"type": "overflow", "options": options(6)}),
    "a choice not offered": actions(select(initial_option={"text": plain("z"), "value": "z"})),
    "a text field among buttons": actions({"type": "plain_text_input", "action_id": "t"}),
    "a block of our own": {"type": "banner"},
    "a form field in a message": asks({"type": "plain_text_input", "action_id": "t"}),
    "a number for a text": section(text=mrkdwn(7)),  # type: ignore[arg-type]
    "a long block_id": {"type": "divider", "block_id": "x" * 256},
}


@pytest.mark.parametrize("block", GOOD, ids=lambda block: str(block["type"]))
def test_what_slack_takes_both_judges_take(block: Json) -> None:
    assert judge_blocks([block], Surface.MESSAGE) == []
    parsed = Block.parse(block)
    assert parsed is not None
    parsed.validate_json()


@pytest.mark.parametrize("block", BAD.values(), ids=BAD.keys())
def test_what_slack_refuses_is_refused_with_its_place(block: Json) -> None:
    (wrong, *_) = judge_blocks([block], Surface.MESSAGE)
    assert "[json-pointer:/blocks" in wrong


@pytest.mark.parametrize(
    "wrong",
    ["a long section", "an empty section", "a long header", "26 buttons", "a long block_id"],
)
def test_where_slack_sdk_judges_too_it_says_the_same(wrong: str) -> None:
    parsed = Block.parse(BAD[wrong])
    assert parsed is not None
    with pytest.raises(SlackObjectFormationError):
        parsed.validate_json()


@pytest.mark.parametrize(
    ("surface", "most"), [(Surface.MESSAGE, 50), (Surface.MODAL, 100), (Surface.HOME, 100)]
)
def test_so_many_blocks_and_no_more(surface: Surface, most: int) -> None:
    assert judge_blocks([{"type": "divider"}] * most, surface) == []
    assert judge_blocks([{"type": "divider"}] * (most + 1), surface)


def test_a_block_id_stands_once() -> None:
    twice = [{"type": "divider", "block_id": "d"}] * 2
    assert judge_blocks(twice, Surface.MESSAGE)


BAD_VIEWS = {
    "a long title": modal(title=plain("x" * 25)),
    "no title": {name: value for name, value in modal().items() if name != "title"},
    "fields without submit": {name: value for name, value in modal().items() if name != "submit"},
    "much to remember": modal(private_metadata="x" * 3001),
    "no blocks": modal(blocks=[]),
    "a button for a field": modal(blocks=[asks(button())]),
    "a message": modal(type="message"),
}


def test_a_good_modal_is_taken_by_both_judges() -> None:
    assert judge_view(modal(), Surface.MODAL) == []
    View(**modal()).validate_json()


@pytest.mark.parametrize("view", BAD_VIEWS.values(), ids=BAD_VIEWS.keys())
def test_a_bad_modal_is_refused(view: Json) -> None:
    assert judge_view(view, Surface.MODAL)


async def test_the_answer_says_where_it_is_wrong(slack: Slack, client: AsyncWebClient) -> None:
    room = slack.add_channel("inc-7", "U0MUSTER")
    blocks = [{"type": "header", "text": plain("x" * 151)}]
    said = client.chat_postMessage(channel=room.id, text="x", blocks=blocks)
    assert await refusal(said) == "invalid_blocks"
    assert slack.calls[-1].answer["errors"] == [
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    ]
