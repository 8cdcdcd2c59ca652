"""What Muster asks: a form is a title and fields, and submitting it types a command."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class FieldKind(StrEnum):
    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    PERSON = "person"
    DURATION = "duration"
    TICK = "tick"


@dataclass(frozen=True, slots=True)
class Field:
    """`options` are (value, label) pairs of a CHOICE; `value` is what it starts with."""

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    required: bool = False
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    limit: int = 500


@dataclass(frozen=True, slots=True)
class Form:
    """`command` is the verb and id it submits to, as in `update #42`."""

    title: str
    command: str
    fields: tuple[Field, ...]
    submit: str = "Save"
    note: str = ""


Answers = Mapping[str, str]
"""What was filled in, by field name."""

Wrong = Mapping[str, str]
"""What is wrong, by field name; empty where all is well."""


def check(form: Form, answers: Answers) -> dict[str, str]:
    """What can be said without asking anybody: required, too long, not one of the choices."""
    wrong: dict[str, str] = {}
    for field in form.fields:
        given = answers.get(field.name, "").strip()
        if field.required and not given:
            wrong[field.name] = f"{field.label} is needed."
        elif len(given) > field.limit:
            wrong[field.name] = f"At most {field.limit} characters; these are {len(given)}."
        elif given and field.options and given not in {value for value, _ in field.options}:
            wrong[field.name] = "Choose one of the options."
    return wrong
