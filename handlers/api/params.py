"""Query parameters: what there is, how each is read, and what is wrong with one."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from enum import Enum, auto
from typing import Any, Final

from bot.domain.errors import Invalid
from bot.ports.queries import LONGEST_PAGE, PAGE

CREDENTIAL: Final = "token"
"""May stand in any query; handlers/credentials.py reads it."""

LONGEST: Final = 2_000
_UNKEEPABLE: Final = re.compile("[\x00\ud800-\udfff]")
_INTEGER: Final = re.compile(r"[+-]?\d{1,18}", re.ASCII)


class Kind(Enum):
    TEXT = auto()
    WORDS = auto()  # comma-separated
    CHOICE = auto()
    CHOICES = auto()  # comma-separated
    NUMBER = auto()
    MOMENT = auto()


LISTS: Final = frozenset({Kind.WORDS, Kind.CHOICES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """`choices` are compared in any case. A number lies from `least` to `most`."""

    name: str
    about: str
    kind: Kind = Kind.TEXT
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 2**53
    default: Any = None
    required: bool = False


LIMIT: Final = Param(
    name="limit",
    about="Items on this page at most.",
    kind=Kind.NUMBER,
    least=1,
    most=LONGEST_PAGE,
    default=PAGE,
)
CURSOR: Final = Param(
    name="cursor", about="`next_cursor` of the page before; what came since stays out of the way."
)


def read_params(params: Iterable[Param], given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Every parameter by name, with its default where it is not given.

    `given`: what was said, as often as it was said; a list may be repeated or have commas.

    Raises:
        Invalid: one is unknown, missing, said twice, or cannot be read; the text says what is
            known.
    """
    known = {param.name: param for param in params}
    for name in given:
        if name not in known and name != CREDENTIAL:
            said = f"There is no parameter {name[:50]!r} here{meant(name, known)}"
            raise Invalid(sentence(said), field=name[:50])
    return {name: _read(param, given.get(name, ())) for name, param in known.items()}


def _read(param: Param, given: Sequence[str]) -> Any:
    if len(given) > 1 and param.kind not in LISTS:
        raise Invalid(f"Say {param.name} once.", field=param.name)
    said = ",".join(given)
    if not said:
        if param.required:
            raise Invalid(f"The parameter {param.name} is missing.", field=param.name)
        return param.default
    if len(said) > LONGEST or _UNKEEPABLE.search(said):
        raise Invalid(f"{param.name} cannot be read.", field=param.name)
    return READ[param.kind](param, said)


def _words(param: Param, said: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in said.split(",") if word.strip()))


def _choice(param: Param, said: str) -> str:
    for choice in param.choices:
        if said.strip().lower() == choice.lower():
            return choice
    known = ", ".join(param.choices)
    raise Invalid(f"{param.name} cannot be {said[:50]!r}; it is one of {known}.", field=param.name)


def _choices(param: Param, said: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_choice(param, word) for word in _words(param, said)))


def _number(param: Param, said: str) -> int:
    if not _INTEGER.fullmatch(said.strip()):
        raise Invalid(f"{param.name} must be a number, not {said[:50]!r}.", field=param.name)
    number = int(said)
    if not param.least <= number <= param.most:
        raise Invalid(
            f"{param.name} is {number}; it must be from {param.least} to {param.most}.",
            field=param.name,
        )
    return number


def _moment(param: Param, said: str) -> datetime:
    try:
        moment = datetime.fromisoformat(said.strip().replace(" ", "+"))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(
            f"{param.name} must be a time such as 2026-01-05T09:00:00Z, not {said[:50]!r}.",
            field=param.name,
        ) from None


READ: Final[Mapping[Kind, Callable[[Param, str], Any]]] = {
    Kind.TEXT: lambda param, said: said,
    Kind.WORDS: _words,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.NUMBER: _number,
    Kind.MOMENT: _moment,
}


def sentence(text: str) -> str:
    """With a full stop, unless it ends already."""
    return text if text.endswith(("?", ".")) else f"{text}."


def meant(name: str, known: Iterable[str]) -> str:
    """`; did you mean "title"?`, or what there is."""
    names = list(known)
    if close := get_close_matches(name, names, n=1):
        return f'; did you mean "{close[0]}"?'
    return f"; known: {', '.join(names)}" if names else ""
