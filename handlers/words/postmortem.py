"""A section of a postmortem as a form, the same in chat and in the browser."""

from collections.abc import Mapping

from bot.cards.names import person_name
from bot.cards.plain_text import one_line
from bot.domain.form import Answers, Field, FieldKind, Form
from bot.domain.policy import Person
from bot.domain.postmortem import PARTS, Part, Question, Section, Values
from bot.domain.postmortem_timeline import EXAMPLE
from bot.engine.postmortem.stale import StaleSection


def section_form(number: int, part: Part, section: Section, people: Mapping[str, Person]) -> Form:
    """It submits to the version that is shown, so that nobody overwrites what they never saw."""
    by = one_line(person_name(people, section.by))
    note = f"Saved last by {by}." if by else "As it was drafted."
    return _form(number, part, section.version, section.values, note)


def stale_form(number: int, part: Part, stale: StaleSection) -> tuple[Form, Mapping[str, str]]:
    """The form once more, against what stands there now: beside each answer of yours the other
    one; saving again replaces it knowingly."""
    form = _form(number, part, stale.version, stale.yours, f"{stale} Yours stands in the fields.")
    wrong = {
        name: f"Not saved. What stands there now: {said or '(nothing)'}"
        for name, said in stale.current.items()
    }
    return form, wrong


def _form(number: int, part: Part, version: int, values: Values, note: str) -> Form:
    return Form(
        f"{part.title} of #{number}",
        f"postmortem #{number} edit {part.name} --version {version}",
        tuple(_field(question, values) for question in part.questions),
        submit=f"Save {part.title.lower()}",
        note=note.replace("*", "").replace("_", " "),
    )


def _field(question: Question, values: Values) -> Field:
    hint = question.prompt or ("One a line." if question.listed else "")
    if question.name == "lines":
        hint = f"One a line, in UTC: {EXAMPLE}"
    return Field(
        question.name,
        question.label,
        FieldKind.LINE if question.line else FieldKind.TEXT,
        value=values.get(question.name, ""),
        hint=hint,
        limit=question.limit,
    )


def answers_of(name: str, answers: Answers) -> dict[str, str]:
    """The answers that the form had a field for; the others stay as they are."""
    asked = {question.name for question in PARTS[name].questions}
    return {field: said for field, said in answers.items() if field in asked}
