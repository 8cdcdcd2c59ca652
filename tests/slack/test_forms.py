"""A form becomes a modal that Slack takes, and comes back as the answers it was filled in with."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from slack_sdk.models.views import View

from bot.domain.form import Field, FieldKind, Form, check
from bot.platforms.slack.forms import answers, errors, modal
from tests.fakes.cards import FORMS
from tests.fakes.slack.block_kit.blocks import Surface
from tests.fakes.slack.block_kit.views import judge_view

FORM = Form(
    "Update",
    "update #42",
    (
        Field("known", "What we know", FieldKind.TEXT, required=True, limit=20),
        Field("lead", "Lead", FieldKind.PERSON, value="ben"),
        Field("outcome", "Outcome", FieldKind.CHOICE, options=(("fixed", "fixed"), ("no", "none"))),
        Field("next", "Next update in", FieldKind.DURATION, value="30m"),
        Field("test", "Only a test", FieldKind.TICK, value="yes"),
        Field("line", "A line"),
    ),
    note="Says it in **every** place.",
)
PEOPLE = (("ann", "Ann Olsen"), ("ben", "Ben Ito"))


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=100)
@given(FORMS)
def test_whatever_a_form_asks_slack_takes_it(form: Form) -> None:
    view = modal(form, wrong={form.fields[0].name: form.title}, people=PEOPLE)
    assert judge_view(view, Surface.MODAL) == []
    View(**json.loads(json.dumps(view))).validate_json()
    wrong = {field.name: form.note or "x" for field in form.fields}
    shown = {b["block_id"] for b in view["blocks"] if "block_id" in b}
    assert not shown or set(errors(form, wrong)) <= shown


def test_the_form_submits_the_command_it_is_for() -> None:
    assert modal(FORM)["private_metadata"] == "update #42"


def test_what_it_starts_with_is_chosen() -> None:
    fields = {b["block_id"]: b["element"] for b in modal(FORM, people=PEOPLE)["blocks"][1:]}
    assert fields["lead"]["initial_option"]["text"]["text"] == "Ben Ito"
    assert fields["next"]["initial_value"] == "30m"
    assert fields["test"]["initial_options"][0]["value"] == "yes"
    assert fields["known"]["multiline"]


def test_what_was_filled_in_comes_back() -> None:
    def chosen(value: str) -> dict[str, Any]:
        return {"type": "static_select", "selected_option": {"value": value}}

    values = {
        "known": {"answer": {"type": "plain_text_input", "value": "it is slow"}},
        "lead": {"answer": chosen("ann")},
        "outcome": {"answer": {"type": "static_select", "selected_option": None}},
        "test": {"answer": {"type": "checkboxes", "selected_options": [{"value": "yes"}]}},
        "line": {"answer": {"type": "plain_text_input", "value": None}},
    }
    assert answers(values) == {
        "known": "it is slow",
        "lead": "ann",
        "outcome": "",
        "test": "yes",
        "line": "",
    }


def test_what_is_wrong_stands_at_its_field_or_at_the_first() -> None:
    said = errors(FORM, {**check(FORM, {"outcome": "else"}), "": "Somebody was faster."})
    assert said == {
        "known": "What we know is needed. Somebody was faster.",
        "outcome": "Choose one of the options.",
    }


def test_more_people_than_a_menu_holds_stand_in_groups() -> None:
    many = [(f"p{n}", f"Person {n}") for n in range(250)]
    one = replace(FORM, fields=(FORM.fields[1],))
    element = modal(one, people=many)["blocks"][1]["element"]
    assert [len(group["options"]) for group in element["option_groups"]] == [100, 100, 50]
