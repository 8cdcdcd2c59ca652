"""A card becomes a message that Slack takes, whatever is in it, and that hides nothing."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from slack_sdk.models.attachments import Attachment, BlockAttachment
from slack_sdk.models.blocks import Block

from bot.domain.card import (
    Button,
    Buttons,
    Card,
    Fact,
    Facts,
    Foreign,
    Item,
    Items,
    Moment,
    Ref,
    Style,
    Text,
    Tone,
    Warning,
)
from bot.platforms.slack.press import block_id, version_of
from bot.platforms.slack.render import FALLBACK, Message, home, message
from tests.fakes.cards import ATTACKS, CARDS
from tests.fakes.slack.block_kit.blocks import Surface, judge_blocks
from tests.fakes.slack.block_kit.views import judge_view

CARD = Card(
    "#42 p99 over 2 s <!channel>",
    (
        Warning("Nobody was reached."),
        Text("**All clear**, see [runbook](https://runbook.example)."),
        Foreign("<!subteam^S1> *x*"),
        Facts(
            (
                Fact("State", "Acknowledged", "New"),
                Fact("Service", Foreign("<@U1>")),
                Fact("Opened", Moment(datetime(2026, 1, 5, 9, tzinfo=UTC))),
            )
        ),
        Items((Item(Ref("Dashboard", "https://d.example"), "firing"),), "Links"),
        Buttons(
            (
                Button("Acknowledge", "ack #42", Style.PRIMARY),
                Button("Close", "close #42", Style.DANGER, "Close it for good?"),
            )
        ),
    ),
    Tone.ALARM,
    "🔴",
)


def all_blocks(said: Message) -> list[dict[str, Any]]:
    return [*said.blocks, *(b for bar in said.attachments for b in bar["blocks"])]


def texts(blocks: Any) -> list[tuple[str, str]]:
    """Every text object as (type, text)."""
    if isinstance(blocks, dict):
        own = [(blocks["type"], blocks["text"])] if isinstance(blocks.get("text"), str) else []
        return own + [found for value in blocks.values() for found in texts(value)]
    if isinstance(blocks, list | tuple):
        return [found for value in blocks for found in texts(value)]
    return []


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=150)
@given(CARDS)
def test_whatever_a_card_holds_slack_takes_it(card: Card) -> None:
    said = message(card, version=7)
    whole = all_blocks(said)
    assert judge_blocks(whole, Surface.MESSAGE) == []
    for block in Block.parse_all(json.loads(json.dumps(whole))):
        block.validate_json()
    for bar in said.attachments:
        made = Attachment(text="", fallback=bar["fallback"], color=bar["color"])
        made.validate_json()
        BlockAttachment(blocks=bar["blocks"], color=bar["color"]).validate_json()
    assert 0 < len(said.text) <= FALLBACK


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
@given(CARDS)
def test_whatever_a_card_holds_mentions_nobody(card: Card) -> None:
    said = message(card)
    mrkdwn = [text for kind, text in texts(all_blocks(said)) if kind == "mrkdwn"]
    for text in [*mrkdwn, said.text]:
        for token in re.findall("<[^>]*>?", text):
            assert re.fullmatch(r"<(https?://[^<>|]+(\|[^<>]+)?|!date\^[^<>]+)>", token), token


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
@given(CARDS)
def test_a_home_is_a_view(card: Card) -> None:
    assert judge_view(home(card), Surface.HOME) == []


def test_the_fallback_reads_well_where_nothing_is_dressed() -> None:
    text = message(CARD).text
    assert "see runbook (https://runbook.example)." in text
    assert "- Dashboard (https://d.example): firing" in text
    assert "&lt;http" not in text


def test_colour_says_the_state_and_emoji_the_severity() -> None:
    colours = {
        tone: [bar["color"] for bar in message(Card("x", (Text("y"),), tone)).attachments]
        for tone in Tone
    }
    assert colours.pop(Tone.NEUTRAL) == []
    assert len({colour for (colour,) in colours.values()}) == len(colours)
    assert message(CARD).blocks[0]["text"]["text"].startswith("🔴 #42")


def test_an_old_value_is_struck_through() -> None:
    assert ("mrkdwn", "*State*\n~New~ Acknowledged") in texts(all_blocks(message(CARD)))


def test_a_button_is_the_command_typed_for_you_and_knows_the_version() -> None:
    (row,) = [b for b in all_blocks(message(CARD, version=7)) if b["type"] == "actions"]
    ack, close = row["elements"]
    assert (ack["value"], ack["style"], version_of(row["block_id"])) == ("ack #42", "primary", 7)
    assert close["confirm"]["text"]["text"] == "Close it for good?"
    assert version_of(block_id(None, 0)) is None
    assert version_of("somebody's own") is None


def test_the_plain_text_has_every_fact_and_no_token() -> None:
    text = message(CARD).text
    for fact in ("State: Acknowledged (was New)", "ack #42", "2026-01-05 09:00:00 UTC", "runbook"):
        assert fact in text
    assert not re.search("[<>]", text)


def test_a_line_of_the_room_is_one_block_without_a_bar() -> None:
    said = message(Card("#42", (Text("Ann has it."),)))
    assert (len(said.blocks), said.attachments) == (1, ())
    assert said.blocks[0]["text"]["text"] == "*#42* Ann has it."


def test_what_is_left_out_is_said() -> None:
    said = message(Card("x", tuple(Text(f"line {n}") for n in range(80)), Tone.CALM))
    last = all_blocks(said)[-1]["elements"][0]["text"]
    assert "32 more parts" in last
    assert "(cut; " in message(Card("x", (Text("y " * 9_000),))).text


def test_a_long_title_is_cut_in_the_header_and_whole_below() -> None:
    said = message(Card("t" * 400, (Text("y"),), Tone.ALARM))
    assert said.blocks[0]["text"]["text"].endswith("…")
    assert said.blocks[1]["text"]["text"] == "t" * 400


def test_foreign_words_stand_in_plain_text() -> None:
    for attack in ATTACKS:
        said = message(Card("x", (Foreign(attack),)))
        assert ("plain_text", attack) in texts(all_blocks(said))


def test_slack_makes_nothing_of_its_own_out_of_words() -> None:
    said = message(CARD)
    assert (said.args()["parse"], said.args()["link_names"]) == ("none", False)
    dressed = [one for one in objects(all_blocks(said)) if one.get("type") == "mrkdwn"]
    assert dressed
    assert all(one["verbatim"] for one in dressed)


def objects(said: Any) -> Iterator[dict[str, Any]]:
    """Every object in it, however deep."""
    if isinstance(said, dict):
        yield said
        said = list(said.values())
    if isinstance(said, list):
        for inner in said:
            yield from objects(inner)


def test_more_buttons_than_a_row_holds_stand_in_more_rows() -> None:
    many = Buttons(tuple(Button(f"Do {n}", f"do #{n}") for n in range(60)))
    rows = [b for b in all_blocks(message(Card("#1", (many,)))) if b["type"] == "actions"]
    assert [len(row["elements"]) for row in rows] == [25, 25, 10]
    assert judge_blocks(rows, Surface.MESSAGE) == []
