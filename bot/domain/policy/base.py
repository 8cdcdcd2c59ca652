"""What every policy model shares."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer

from bot.domain.matcher import Matcher


class Policy(BaseModel):
    """Frozen, and a typo is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def _read_matchers(value: Any) -> Any:
    """`{service: api, env: [prod, stage]}` or `['service=~"a.*"']` → matchers."""
    if isinstance(value, Mapping):
        return tuple(_equal(str(name), wanted) for name, wanted in value.items())
    if isinstance(value, list | tuple):
        return tuple(m if isinstance(m, Matcher) else Matcher.parse(str(m)) for m in value)
    raise ValueError("write a mapping of labels, or a list such as ['service=~\"api.*\"']")


def _equal(name: str, wanted: Any) -> Matcher:
    if wanted is None:
        raise ValueError(f'{name} has no value; write {name}: "" to match where it is missing')
    if isinstance(wanted, list | tuple):
        if not wanted:
            raise ValueError(f"{name} names no value; write one, or leave it out")
        if len(wanted) == 1:
            return Matcher.of(name, "=", str(wanted[0]))
        pattern = "|".join(_quote(str(one)) for one in wanted)
        return Matcher.of(name, "=~", pattern)
    return Matcher.of(name, "=", str(wanted))


def _quote(text: str) -> str:
    return "".join(char if char.isalnum() or char in "_- " else f"\\{char}" for char in text)


Matchers = Annotated[
    tuple[Matcher, ...],
    BeforeValidator(
        _read_matchers,
        json_schema_input_type=dict[str, str | list[str]] | list[str],
    ),
    PlainSerializer(lambda matchers: [str(m) for m in matchers], return_type=list[str]),
]
"""Conditions on labels that must all hold."""
