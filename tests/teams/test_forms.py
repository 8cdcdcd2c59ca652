"""A form becomes a dialog that Teams takes, and comes back as the answers it was filled in with."""

import json

from hypothesis import HealthCheck, given, settings

from bot.domain.form import Field, FieldKind, Form
from bot.platforms.teams.fit import size
from bot.platforms.teams.forms import TOO_LONG, answers, dialog, task
from bot.platforms.teams.press import command_of
from bot.platforms.teams.render import SIZE
from tests.fakes.cards import FORMS
from tests.teams.test_render import words

FORM = Form(
    "Update",
    "update #42",
    (
        Field("known", "What we know", FieldKind.TEXT, required=True, limit=20),
        Field("lead", "Lead", FieldKind.PERSON, value="ben"),
        Field("outcome", "Outcome", FieldKind.CHOICE, options=(("fixed", "fixed"), ("no", "none"))),
        Field("next", "Next update in", FieldKind.DURATION, value="30m", hint="0: none"),
        Field("test", "Only a test", FieldKind.TICK, value="yes"),
        Field("line", "A line"),
    ),
    note="Says it in **every** place.",
)
PEOPLE = (("ann", "Ann Olsen"), ("ben", "Ben Ito"))


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=100)
@given(FORMS)
def test_whatever_a_form_asks_teams_takes_it(form: Form) -> None:
    wrong = {field.name: form.title for field in form.fields}
    made = task(form, wrong=wrong, people=PEOPLE)
    assert len(json.dumps(made, ensure_ascii=False).encode()) <= SIZE
    content = made["task"]["value"]["card"]["content"]
    ids = [one["id"] for one in content["body"] if "id" in one]
    named = [field.name for field in form.fields if field.name not in ids]
    assert ids == [field.name for field in form.fields if field.name not in named]
    assert words(content).count(TOO_LONG) == len(named)
    for one in content["body"]:
        assert "choices" not in one or all(c["title"] and c["value"] for c in one["choices"])
        assert not one.get("isRequired") or one["errorMessage"]


def test_the_form_submits_the_command_it_is_for() -> None:
    (action,) = dialog(FORM, more={"channel": "19:x"})["actions"]
    assert command_of(action["data"]) == "update #42"
    assert action["data"]["muster"]["channel"] == "19:x"


def test_what_it_starts_with_is_chosen() -> None:
    fields = {one["id"]: one for one in dialog(FORM, people=PEOPLE)["body"] if "id" in one}
    assert fields["lead"]["value"] == "ben"
    assert {"title": "Ben Ito", "value": "ben"} in fields["lead"]["choices"]
    assert fields["next"]["value"] == "30m"
    assert fields["next"]["label"] == "Next update in (0: none)"
    assert fields["test"]["value"] == "yes"
    assert fields["known"]["isMultiline"]
    assert fields["known"]["errorMessage"] == "What we know is needed."


def test_what_was_filled_in_comes_back() -> None:
    data = {
        "muster": {"command": "update #42"},
        "msteams": {"type": "task/submit"},
        "known": "it is slow",
        "lead": "ann",
        "test": "",
        "outcome": None,
    }
    assert answers(data) == {"known": "it is slow", "lead": "ann", "test": ""}


def test_a_form_that_is_shown_again_keeps_what_was_typed_and_says_what_is_wrong() -> None:
    said = {"known": "much too long for it", "lead": "ann"}
    made = dialog(FORM, said, {"known": "At most 5.", "": "Somebody was faster."}, people=PEOPLE)
    body = made["body"]
    place = next(n for n, one in enumerate(body) if one.get("id") == "known")
    assert "At most 5." in words(body[place - 1])
    assert body[place]["value"] == "much too long for it"
    assert "Somebody was faster." in words(body[1])


def test_more_people_than_fit_into_a_menu_are_typed() -> None:
    many = [(f"person-{n}", f"Person number {n}") for n in range(900)]
    fields = {one["id"]: one for one in dialog(FORM, people=many)["body"] if "id" in one}
    assert fields["lead"]["type"] == "Input.Text"
    some = {one["id"]: one for one in dialog(FORM, people=many[:100])["body"] if "id" in one}
    assert some["lead"]["style"] == "filtered"


def test_a_text_that_does_not_fit_stays_as_it_is_and_comes_back_in_no_answer() -> None:
    long = Form(
        "Timeline",
        "postmortem #42 edit timeline",
        (
            Field("lines", "What happened", FieldKind.TEXT, value="x" * 4_001, limit=20_000),
            Field("note", "A note", FieldKind.TEXT, value="y" * 4_000, limit=4_000),
        ),
    )
    body = dialog(long)["body"]
    assert [one["id"] for one in body if "id" in one] == ["note"]
    assert f"What happened: {TOO_LONG}" in words(body[0])
    assert body[1]["value"] == "y" * 4_000


def test_of_many_long_texts_the_longest_are_left_as_they_are() -> None:
    fields = tuple(
        Field(f"f{n}", f"Field {n}", FieldKind.TEXT, value="x" * (1_000 + n), limit=4_000)
        for n in range(20)
    )
    made = dialog(Form("Many", "update #42", fields))
    assert size(made) <= SIZE
    shown = {one["id"]: one["value"] for one in made["body"] if "id" in one}
    assert len(shown) > 10
    assert all(len(value) == 1_000 + int(id[1:]) for id, value in shown.items()), "none is cut"
