"""A card becomes a message that Teams takes, whatever is in it, and that calls nobody by words."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings

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
from bot.platforms.teams.mentions import Mention
from bot.platforms.teams.press import command_of, incident_of, version_of
from bot.platforms.teams.render import SIZE, Around, activity, adaptive
from tests.fakes.cards import ATTACKS, CARDS

CARD = Card(
    "#42 p99 over 2 s <at>Ann</at>",
    (
        Warning("Nobody was reached."),
        Text("**All clear**, see [runbook](https://runbook.example)."),
        Foreign("{{DATE(2020-01-01T00:00:00Z)}} *x*"),
        Facts(
            (
                Fact("State", "Acknowledged", "New"),
                Fact("Service", Foreign("[a](https://evil.example)")),
                Fact("Opened", Moment(datetime(2026, 1, 5, 9, tzinfo=UTC))),
            )
        ),
        Items((Item(Ref("Dashboard", "https://d.example"), "firing"),), "Links"),
        Buttons(
            (
                Button("Acknowledge", "ack #42", Style.PRIMARY),
                Button("Resolve", "resolve #42"),
                Button("Close", "close #42", Style.DANGER, "Close it for good?"),
            )
        ),
    ),
    Tone.ALARM,
    "🔴",
)
ANN = Mention("0b1c", "Ann *Olsen*")
MANY = tuple(Mention(f"29:{n}" * 20, "x" * 80) for n in range(80))


def parts(made: Any) -> Iterator[dict[str, Any]]:
    """Every object in it."""
    if isinstance(made, dict):
        yield made
        for value in made.values():
            yield from parts(value)
    elif isinstance(made, list | tuple):
        for value in made:
            yield from parts(value)


def of_type(made: Any, kind: str) -> list[dict[str, Any]]:
    return [one for one in parts(made) if one.get("type") == kind]


def words(made: Any) -> str:
    return "\n".join(
        "".join(run["text"] for run in block["inlines"]) for block in of_type(made, "RichTextBlock")
    )


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=150)
@given(CARDS)
def test_whatever_a_card_holds_it_fits_into_a_message(card: Card) -> None:
    around = Around(version=7, incident=42, mentions=MANY, viewers=[m.id for m in MANY])
    said = activity(card, around)
    assert len(json.dumps(said, ensure_ascii=False).encode()) <= SIZE
    assert said["summary"].strip()
    content = said["attachments"][0]["content"]
    assert content["fallbackText"].strip()
    assert len(content["refresh"]["userIds"]) == 60
    for row in of_type(content, "ActionSet"):
        assert 0 < len(row["actions"]) <= 6


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=100)
@given(CARDS)
def test_whatever_a_card_holds_calls_nobody_and_means_nothing(card: Card) -> None:
    made = adaptive(card)
    assert of_type(made, "TextBlock") == of_type(made, "FactSet") == []
    assert made["msteams"]["entities"] == []
    for one in parts(made):
        for name in ("text", "title", "fallbackText"):
            assert "<at" not in str(one.get(name, "")).lower()
            stripped = re.sub(r"\{\{(DATE|TIME)\([-\dT:Z]{20}(, COMPACT)?\)\}\}", "", str(one))
            assert not re.search(r"\{\{(DATE|TIME)\(", stripped)


def test_an_attack_is_shown_as_it_is() -> None:
    for attack in ATTACKS:
        said = words(adaptive(Card("x", (Foreign(attack),))))
        assert attack in said.replace("\u2060", "")


def test_colour_says_the_state_and_emoji_the_severity() -> None:
    styles = {
        tone: [box["style"] for box in of_type(adaptive(Card("x", (), tone)), "Container")]
        for tone in Tone
    }
    assert styles.pop(Tone.NEUTRAL) == []
    assert len({style for (style,) in styles.values()}) == len(styles)
    assert words(adaptive(CARD)).startswith("🔴 #42")


def test_an_old_value_is_struck_through() -> None:
    struck = [run["text"] for run in of_type(adaptive(CARD), "TextRun") if "strikethrough" in run]
    assert struck == ["New"]
    assert "State: New Acknowledged" in words(adaptive(CARD))


def test_a_button_is_the_command_typed_for_you_and_knows_the_version() -> None:
    ack, resolve, close = of_type(adaptive(CARD, Around(version=7)), "ActionSet")[0]["actions"]
    assert (ack["type"], ack["verb"], ack["style"]) == ("Action.Execute", "muster", "positive")
    assert (command_of(ack["data"]), version_of(ack["data"])) == ("ack #42", 7)
    assert command_of(resolve["data"]) == "resolve #42"
    assert close["type"] == "Action.ShowCard", "it asks first, for there is no dialog that asks"
    assert "Close it for good?" in words(close["card"])
    assert command_of(close["card"]["actions"][0]["data"]) == "close #42"
    assert command_of({"muster": "x"}) == command_of(None) == ""
    assert version_of({"muster": {"version": True}}) is None


def test_a_button_whose_command_asks_something_opens_a_dialog() -> None:
    made = adaptive(CARD, Around(asks=lambda command: command.startswith("resolve")))
    ack, resolve, _ = of_type(made, "ActionSet")[0]["actions"]
    assert ack["type"] == "Action.Execute"
    assert resolve["type"] == "Action.Submit"
    assert resolve["data"]["msteams"] == {"type": "task/fetch"}
    assert command_of(resolve["data"]) == "resolve #42"


def test_people_are_called_by_an_entity_beside_their_name() -> None:
    made = adaptive(CARD, Around(mentions=[ANN]))
    assert made["body"][0]["text"] == "<at>Ann Olsen</at>"
    assert made["msteams"]["entities"] == [
        {
            "type": "mention",
            "text": "<at>Ann Olsen</at>",
            "mentioned": {"id": "0b1c", "name": "Ann Olsen"},
        }
    ]


def test_a_client_asks_for_its_own_card() -> None:
    refresh = adaptive(CARD, Around(incident=42, viewers=["29:a", "29:a", "29:b"]))["refresh"]
    assert refresh["userIds"] == ["29:a", "29:b"]
    assert refresh["action"]["type"] == "Action.Execute"
    assert incident_of(refresh["action"]["data"]) == 42
    assert "refresh" not in adaptive(CARD)


def test_the_plain_text_has_every_fact() -> None:
    text = adaptive(CARD)["fallbackText"]
    for fact in ("State: Acknowledged (was New)", "ack #42", "2026-01-05 09:00:00 UTC", "runbook"):
        assert fact in text


def test_a_moment_is_shown_in_the_readers_zone() -> None:
    assert "{{DATE(2026-01-05T09:00:00Z, COMPACT)}} {{TIME(2026-01-05T09:00:00Z)}}" in words(
        adaptive(CARD)
    )


def test_a_link_shows_where_it_goes_if_its_label_pretends_to_be_an_address() -> None:
    fact = Fact("Link", Ref("https://bank.example", "https://evil.example/a b"))
    made = adaptive(Card("x", (Facts((fact,)),)))
    assert "https://bank.example (https://evil.example/a%20b)" in words(made)
    (leads,) = of_type(made, "Action.OpenUrl")
    assert leads["url"] == "https://evil.example/a%20b"
    assert of_type(adaptive(Card("x", (Text("[here](javascript:alert)"),))), "Action.OpenUrl") == []


def test_a_line_of_the_room_is_one_paragraph_without_a_head() -> None:
    (line,) = adaptive(Card("#42", (Text("Ann has it."),)))["body"]
    assert words(line) == "#42 Ann has it."


def test_what_is_left_out_is_said_and_buttons_stay() -> None:
    lines = tuple(Text(f"line {n} " + "y" * 3_000) for n in range(80))
    made = adaptive(Card("x", (*lines, Buttons((Button("Acknowledge", "ack #42"),))), Tone.CALM))
    assert re.search(r"\d\d more parts", words(made["body"][-1]))
    assert of_type(made, "Action.Execute")[0]["title"] == "Acknowledge"
    assert "(cut; " in made["fallbackText"]
