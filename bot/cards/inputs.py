"""A form's field as the input it is, whichever platform draws it: what stands in it, what one may
choose.

Platforms differ in how long a text may be and in how an input is written down, and in nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.cards.clean import cut
from bot.domain.form import Field, FieldKind

TICKED: Final = "yes"
"""What a tick answers."""

VALUE: Final = 150
"""Characters of a value that can be chosen."""

Choices = Sequence[tuple[str, str]]
"""(value, label) pairs."""

_NEVER: Final = frozenset({"", "no", "false", "0"})
_PLACEHOLDERS: Final[Mapping[FieldKind, str]] = {FieldKind.DURATION: "30m, 2h"}
_CHOSEN: Final = frozenset({FieldKind.CHOICE, FieldKind.PERSON})


@dataclass(frozen=True, slots=True)
class Typed:
    """`most` characters may be typed."""

    most: int
    value: str
    multiline: bool = False
    placeholder: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """At least one of `options` is there; `chosen` is the value of one of them, or empty."""

    options: Choices
    chosen: str


@dataclass(frozen=True, slots=True)
class Tick:
    ticked: bool


Input = Typed | Menu | Tick


def input_of(field: Field, given: str, *, most: int, people: Choices = ()) -> Input:
    """`given` stands in it; `most` characters go into what is typed; `people` are (id, name) pairs
    for fields that ask for a person. Where nothing can be chosen from, it is typed."""
    if field.kind is FieldKind.TICK:
        return Tick(is_ticked(given))
    if field.kind not in _CHOSEN:
        return typed(field, given, most=most)
    offered = people if field.kind is FieldKind.PERSON and not field.options else field.options
    options = [(value, label) for value, label in offered if 0 < len(value) <= VALUE]
    if not options:
        return typed(field, given, most=most)
    return Menu(options, given if given in dict(options) else "")


def typed(field: Field, given: str, *, most: int) -> Typed:
    limit = max(1, min(field.limit, most))
    return Typed(
        limit,
        cut(given, limit),
        multiline=field.kind is FieldKind.TEXT,
        placeholder=_PLACEHOLDERS.get(field.kind, ""),
    )


def too_long(field: Field, given: str, *, most: int) -> bool:
    """A platform would cut off its end, and what was cut would be saved."""
    return field.kind is FieldKind.TEXT and len(given) > most


def is_ticked(given: str) -> bool:
    return given.lower() not in _NEVER
