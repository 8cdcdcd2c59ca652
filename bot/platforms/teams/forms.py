"""A form as a dialog, and what was filled in back as answers.

Every field is one input whose id is the field's name; what is wrong stands above its field. What
the form submits to stands in the `data` of its one action, which comes back as `task/submit`.
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/what-are-task-modules
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, assert_never

from bot.cards.clean import cut
from bot.cards.inputs import TICKED, Choices, Menu, Tick, Typed, input_of, too_long, typed
from bot.domain.form import Answers, Field, Form, Wrong
from bot.platforms.teams import press
from bot.platforms.teams import runs as r
from bot.platforms.teams.fit import size
from bot.platforms.teams.render import ADAPTIVE, FRAME, SCHEMA, SIZE, VERSION
from bot.platforms.teams.runs import Made

TITLE: Final = 60
INPUT: Final = 4_000
HINT: Final = 300
OPTION: Final = 150
FIELDS: Final = 20
BRIEF: Final = 50
"""Characters of a label, where the whole form would not fit into a dialog."""

TOO_LONG: Final = "longer than a dialog holds. It stays as it is; edit it in the web room."
"""In place of a field whose end would be cut off."""


def task(
    form: Form,
    answers: Answers | None = None,
    wrong: Wrong | None = None,
    *,
    people: Choices = (),
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The answer to `task/fetch` that shows the form, or to `task/submit` that shows it again."""
    content = dialog(form, answers, wrong, people=people, more=more)
    return shown(form.title, content)


def shown(title: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """A card in a dialog, as the answer to either invoke."""
    value = {
        "title": cut(" ".join(title.split()), TITLE) or "Muster",
        "width": "medium",
        "height": "medium",
        "card": {"contentType": ADAPTIVE, "content": dict(content)},
    }
    return {"task": {"type": "continue", "value": value}}


def dialog(
    form: Form,
    answers: Answers | None = None,
    wrong: Wrong | None = None,
    *,
    people: Choices = (),
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The form as a card. `answers` fill it in again; `wrong` says what to mend.

    `people` are offered by PERSON fields; `more` comes back beside the command.
    """
    fields = form.fields[:FIELDS]
    given = {f.name: f.value if answers is None else answers.get(f.name, "") for f in fields}
    cut_off = {f.name for f in fields if too_long(f, given[f.name], most=INPUT)}
    shown = _Shown(form, given, wrong or {}, more or {})
    content = shown.card(people, without=cut_off)
    if size(content) <= SIZE - FRAME:
        return content
    longest_first = sorted(given, key=lambda name: len(given[name]), reverse=True)
    for most in range(len(longest_first) + 1):
        without = cut_off.union(longest_first[:most])
        content = shown.card((), without=without, brief=True)
        if size(content) <= SIZE - FRAME:
            break
    return content


def answers(data: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in, by field name, out of the `data` of a `task/submit`."""
    mine = (press.OURS, "msteams")
    return {
        name: said if isinstance(said, str) else str(said)
        for name, said in data.items()
        if name not in mine and isinstance(said, str | int | float)
    }


@dataclass(frozen=True, slots=True)
class _Shown:
    """A form with what stands in its fields, and what is to be mended."""

    form: Form
    given: Answers
    wrong: Wrong
    more: Mapping[str, Any]

    def card(
        self, people: Choices, *, without: Collection[str], brief: bool = False
    ) -> dict[str, Any]:
        """`without` are fields that are only named: what stands in them does not fit, and must not
        come back cut."""
        form, most = self.form, BRIEF if brief else HINT
        names = {field.name for field in form.fields[:FIELDS]}
        stray = (said for name, said in self.wrong.items() if name not in names)
        body = [r.block(r.markdown(cut(form.note, BRIEF) if brief else form.note))]
        body += [_mend(said, most) for said in stray]
        for field in form.fields[:FIELDS]:
            body.append(_mend(self.wrong.get(field.name, ""), most))
            if field.name in without:
                body.append(r.block([r.run(f"{_label(field, most)}: {TOO_LONG}", isSubtle=True)]))
            else:
                body.append(_input(field, self.given[field.name], people, brief=brief))
        ours = press.pressed(form.command)[press.OURS]
        return {
            "$schema": SCHEMA,
            "type": "AdaptiveCard",
            "version": VERSION,
            "body": [part for part in body if part],
            "actions": [
                {
                    "type": "Action.Submit",
                    "title": cut(" ".join(form.submit.split()), TITLE) or "Save",
                    "style": "positive",
                    "data": {press.OURS: {**self.more, **ours}},
                }
            ],
        }


def _mend(said: str, most: int) -> Made | None:
    return r.block([r.run(f"⚠ {said}", most, color="Attention")]) if said else None


def _label(field: Field, most: int) -> str:
    return cut(" ".join(field.label.split()), most) or field.name


def _unmarked(words: str) -> str:
    """A label shows no marks."""
    return " ".join("".join(run["text"] for run in r.markdown(words)).split())


def _input(field: Field, given: str, people: Choices, *, brief: bool) -> Made:
    label = _label(field, BRIEF if brief else HINT)
    hint = "" if brief else cut(_unmarked(field.hint), HINT)
    if brief and size(field.options) >= SIZE // 2 // FIELDS:
        field = replace(field, options=())
    made: Made = {
        "id": field.name,
        "label": f"{label} ({hint})" if hint else label,
        **_drawn(field, given, people),
    }
    if field.required:
        made |= {"isRequired": True, "errorMessage": f"{label} is needed."}
    return made


def _drawn(field: Field, given: str, people: Choices) -> Made:
    match asked := input_of(field, given, most=INPUT, people=people):
        case Typed():
            return _typed(asked)
        case Menu():
            return _menu(asked) or _typed(typed(field, given, most=INPUT))
        case Tick(ticked):
            value = TICKED if ticked else ""
            switch = {"type": "Input.Toggle", "title": "Yes"}
            return {**switch, "valueOn": TICKED, "valueOff": "", "value": value}
        case _:
            assert_never(asked)


def _typed(asked: Typed) -> Made:
    made: Made = {
        "type": "Input.Text",
        "isMultiline": asked.multiline,
        "maxLength": asked.most,
    }
    if asked.value:
        made["value"] = asked.value
    if asked.placeholder:
        made["placeholder"] = asked.placeholder
    return made


def _menu(asked: Menu) -> Made | None:
    """One can search in it; None where there is more than a dialog holds."""
    options = [
        {"title": cut(" ".join(label.split()), OPTION) or value, "value": value}
        for value, label in dict(asked.options).items()
    ]
    if size(options) > SIZE // 2:
        return None
    style = "filtered" if len(options) > 10 else "compact"
    made: Made = {"type": "Input.ChoiceSet", "style": style, "choices": options}
    if asked.chosen:
        made["value"] = asked.chosen
    return made
