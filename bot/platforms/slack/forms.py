"""A form as a modal, and what was filled in back as answers: https://docs.slack.dev/surfaces/modals

Every field is one input block whose `block_id` is the field's name, so that Slack can show what is
wrong beside it. What the form submits to stands in `private_metadata`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, assert_never

from bot.cards import clean
from bot.cards.inputs import TICKED, Choices, Input, Menu, Tick, Typed, input_of, too_long
from bot.domain.form import Answers, Field, Form, Wrong
from bot.platforms.slack import blocks as b
from bot.platforms.slack import escape
from bot.platforms.slack.blocks import Block

CALLBACK: Final = "muster:form"
ANSWER: Final = "answer"
"""The one `action_id` in every field's block."""

TOO_LONG: Final = "this is longer than Slack can edit. It stays as it is; edit it in the web room."
"""In place of a field whose end would be cut off."""

TITLE: Final = 24
INPUT: Final = 3_000
OPTIONS: Final = 100
OPTION: Final = 75
HINT: Final = 2_000
METADATA: Final = 3_000
ERROR: Final = 2_000
FIELDS: Final = 98
"""Of a hundred blocks, two may be notes."""


def modal(
    form: Form,
    answers: Answers | None = None,
    wrong: Wrong | None = None,
    *,
    people: Choices = (),
) -> Block:
    """The form as a view. `answers` fill it in again; `wrong` says what to mend, above the fields.

    `people` are offered by PERSON fields. Slack shows errors beside fields by `errors` alone, as
    the answer to a submission; `wrong` here is for a form that is opened anew.
    """
    notes = [escape.markdown(form.note)] if form.note else []
    notes += [f":warning: {escape.foreign(said)}" for said in (wrong or {}).values()]
    shown = [b.section("\n".join(notes))] if notes else []
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": form.command[:METADATA],
        "title": b.plain(form.title, TITLE),
        "submit": b.plain(form.submit, TITLE),
        "close": b.plain("Cancel", TITLE),
        "blocks": [*shown, *(_input(field, answers, people) for field in form.fields[:FIELDS])],
    }


def errors(form: Form, wrong: Wrong) -> dict[str, str]:
    """For `response_action: errors`: what is wrong, by block; what no field is to blame for stands
    at the first. https://docs.slack.dev/surfaces/modals#displaying_errors"""
    names = [
        field.name for field in form.fields[:FIELDS] if not too_long(field, field.value, most=INPUT)
    ]
    said: dict[str, str] = {}
    for name, words in wrong.items():
        at = name if name in names or not names else names[0]
        said[at] = clean.cut(f"{said[at]} {words}" if at in said else words, ERROR)
    return said


def answers(values: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, str]:
    """What was filled in, by field name, out of `view.state.values`; nothing as an empty word."""
    return {name: _answer(block.get(ANSWER, {})) for name, block in values.items()}


def _answer(state: Mapping[str, Any]) -> str:
    match state:
        case {"selected_option": {"value": str(chosen)}}:
            return chosen
        case {"selected_options": [{"value": str(chosen)}, *_]}:
            return chosen
        case {"value": str(typed)}:
            return typed
        case _:
            return ""


def _input(field: Field, answers: Answers | None, people: Choices) -> Block:
    given = field.value if answers is None else answers.get(field.name, "")
    if too_long(field, given, most=INPUT):
        return b.section(escape.foreign(f"{field.label}: {TOO_LONG}"))
    made: Block = {
        "type": "input",
        "block_id": field.name,
        "label": b.plain(field.label, HINT),
        "optional": not field.required,
        "element": {
            "action_id": ANSWER,
            **_drawn(input_of(field, given, most=INPUT, people=people)),
        },
    }
    if field.hint:
        made["hint"] = b.plain(field.hint, HINT)
    return made


def _drawn(asked: Input) -> Block:
    match asked:
        case Typed():
            return _typed(asked)
        case Menu():
            return _menu(asked)
        case Tick(ticked):
            option = _option(TICKED, "Yes")
            chosen = {"initial_options": [option]} if ticked else {}
            return {"type": "checkboxes", "options": [option], **chosen}
        case _:
            assert_never(asked)


def _typed(asked: Typed) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "multiline": asked.multiline,
        "max_length": asked.most,
    }
    if asked.value:
        element["initial_value"] = asked.value
    if asked.placeholder:
        element["placeholder"] = b.plain(asked.placeholder, 150)
    return element


def _menu(asked: Menu) -> Block:
    options = [_option(*one) for one in list(dict(asked.options).items())[: OPTIONS * OPTIONS]]
    element: Block = {"type": "static_select"}
    if len(options) <= OPTIONS:
        element["options"] = options
    else:
        element["option_groups"] = [_group(options, at) for at in range(0, len(options), OPTIONS)]
    chosen = [option for option in options if option["value"] == asked.chosen]
    if chosen:
        element["initial_option"] = chosen[0]
    return element


def _option(value: str, label: str) -> Block:
    return {"text": b.plain(label or value, OPTION), "value": value}


def _group(options: Sequence[Block], at: int) -> Block:
    part = list(options[at : at + OPTIONS])
    first, last = part[0]["text"]["text"], part[-1]["text"]["text"]
    return {"label": b.plain(f"{first[:30]} - {last[:30]}", OPTION), "options": part}
