"""A form as HTML: every field labelled, its hint and its error tied to it."""

from collections.abc import Callable, Mapping
from typing import Final

from markupsafe import Markup

from bot.cards.inputs import TICKED, Choices, is_ticked
from bot.cards.plain_text import visible
from bot.domain.form import Answers, Field, FieldKind, Form, Wrong
from bot.platforms.web.render import Posting
from bot.platforms.web.text import markdown

PREFIX: Final = "f."
"""Answers are posted under `f.<name>`, so that no field can pretend to be one of ours."""

DURATIONS: Final = ("15m", "30m", "1h", "2h", "4h", "1d")


class FormHtml:
    """`people` are (id, name) pairs for PERSON fields. `scope` tells the fields of several forms
    on one page apart."""

    def __init__(
        self, posting: Posting, people: Choices = (), *, heading: int = 2, scope: str = ""
    ) -> None:
        self.posting, self.people, self.heading, self.scope = posting, people, heading, scope

    def form(
        self,
        form: Form,
        answers: Answers | None = None,
        wrong: Wrong | None = None,
        *,
        reads: bool = False,
    ) -> Markup:
        """`answers` fill it in again, `wrong` says by field name what to mend.

        `reads`: it only asks a question of the page it stands on, and types no command.
        """
        wrong = wrong or {}
        names = {field.name for field in form.fields}
        stray = Markup("").join(
            Markup('<p class="wrong" role="alert">{}</p>').format(visible(said))
            for name, said in wrong.items()
            if name not in names
        )
        fields = Markup("").join(self._field(field, answers, wrong) for field in form.fields)
        note = Markup('<p class="note">{}</p>').format(markdown(form.note)) if form.note else ""
        return Markup(
            '{0}<h{1} class="form-title">{2}</h{1}>{3}{4}{5}'
            '<p class="buttons"><button class="primary">{6}</button></p></form>'
        ).format(
            self._head(form, reads),
            self.heading,
            visible(form.title),
            note,
            stray,
            fields,
            visible(form.submit),
        )

    def _head(self, form: Form, reads: bool) -> Markup:
        if reads:
            return Markup('<form method="get" action="{}" class="asks">').format(
                self.posting.action
            )
        return Markup(
            '<form method="post" action="{}" class="asks" data-command data-form>{}'
            '<input type="hidden" name="text" value="{}">'
            '<input type="hidden" name="form" value="1">'
        ).format(self.posting.action, self.posting.hidden(), visible(form.command))

    def _field(self, field: Field, answers: Answers | None, wrong: Wrong) -> Markup:
        given = field.value if answers is None else answers.get(field.name, "")
        id = f"f-{self.scope}{field.name}"
        said = wrong.get(field.name, "")
        told = [f"{id}-hint"] * bool(field.hint) + [f"{id}-wrong"] * bool(said)
        attributes = Markup(' id="{}" name="{}"').format(id, PREFIX + field.name)
        if told:
            attributes += Markup(' aria-describedby="{}"').format(" ".join(told))
        if said:
            attributes += Markup(' aria-invalid="true"')
        if field.required and field.kind is not FieldKind.TICK:
            attributes += Markup(" required")
        control = CONTROLS[field.kind](self, field, attributes, given)
        label = Markup('<label for="{}">{}{}</label>').format(
            id, visible(field.label), "" if field.required else _OPTIONAL[field.kind]
        )
        hint = Markup('<small id="{}-hint">{}</small>').format(id, markdown(field.hint))
        error = Markup('<p class="wrong" id="{}-wrong">{}</p>').format(id, visible(said))
        ticks = field.kind is FieldKind.TICK
        return Markup('<div class="field{}">{}{}{}</div>').format(
            " tick" if ticks else "",
            control + label if ticks else label + control,
            hint if field.hint else "",
            error if said else "",
        )

    def _line(self, field: Field, attributes: Markup, given: str) -> Markup:
        return Markup('<input type="text" autocomplete="off" maxlength="{}" value="{}"{}>').format(
            field.limit, given, attributes
        )

    def _text(self, field: Field, attributes: Markup, given: str) -> Markup:
        # a first line break inside a textarea is swallowed, so one is given to swallow
        return Markup('<textarea rows="4" maxlength="{}"{}>\n{}</textarea>').format(
            field.limit, attributes, given
        )

    def _choice(self, field: Field, attributes: Markup, given: str) -> Markup:
        return _select(field.options, field, attributes, given)

    def _person(self, field: Field, attributes: Markup, given: str) -> Markup:
        return _select(field.options or self.people, field, attributes, given)

    def _duration(self, field: Field, attributes: Markup, given: str) -> Markup:
        listed = Markup("").join(Markup('<option value="{}">').format(one) for one in DURATIONS)
        return Markup(
            '<input type="text" autocomplete="off" size="8" placeholder="30m, 2h"'
            ' value="{0}" list="f-{1}-list"{2}><datalist id="f-{1}-list">{3}</datalist>'
        ).format(given, field.name, attributes, listed)

    def _tick(self, field: Field, attributes: Markup, given: str) -> Markup:
        on = Markup(" checked") if is_ticked(given) else ""
        return Markup('<input type="checkbox" value="{}"{}{}>').format(TICKED, attributes, on)


def _select(options: Choices, field: Field, attributes: Markup, given: str) -> Markup:
    listed = list(options)
    if not field.required or not given:
        listed.insert(0, ("", "Choose…" if field.required else "none"))
    if given and given not in {one for one, _ in listed}:
        listed.append((given, given))
    shown = Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(
            one, Markup(" selected") if one == given else "", visible(label)
        )
        for one, label in listed
    )
    return Markup("<select{}>{}</select>").format(attributes, shown)


Control = Callable[[FormHtml, Field, Markup, str], Markup]
CONTROLS: Final[Mapping[FieldKind, Control]] = {
    FieldKind.LINE: FormHtml._line,
    FieldKind.TEXT: FormHtml._text,
    FieldKind.CHOICE: FormHtml._choice,
    FieldKind.PERSON: FormHtml._person,
    FieldKind.DURATION: FormHtml._duration,
    FieldKind.TICK: FormHtml._tick,
}
_OPTIONAL: Final = {
    kind: Markup("")
    if kind is FieldKind.TICK
    else Markup(' <span class="optional">(optional)</span>')
    for kind in FieldKind
}
