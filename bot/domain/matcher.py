"""Which labels a route, a silence or an inhibition speaks of, in Alertmanager's notation.

`name="value"`, `name!="value"`, `name=~"regex"`, `name!~"regex"`; quotes may be left out. Regular
expressions are RE2 (linear time, whatever the text), and match the whole value, as there.
https://prometheus.io/docs/alerting/latest/configuration/#matcher
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import re2

_FORM: Final = re.compile(
    r'\s*([A-Za-z_][\w.:/-]*)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|(.*?))\s*'
)
_ESCAPE: Final = re.compile(r"\\(.)")
PATTERN_LIMIT: Final = 1_000
_QUIET: Final = re2.Options()
_QUIET.log_errors = False  # a bad pattern is the writer's error, not stderr's


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on one label; a missing label is the empty string."""

    name: str
    operator: str
    value: str
    _pattern: Any = field(default=None, compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> "Matcher":
        """Reads `service=~"pay.*"`.

        Raises:
            ValueError: it is none; the message says what is wrong.
        """
        found = _FORM.fullmatch(text)
        if not found:
            raise ValueError(f'{text!r} is no matcher; write for example service="payments".')
        name, operator, quoted, plain = found.groups()
        value = _ESCAPE.sub(r"\1", quoted) if quoted is not None else plain
        return cls.of(name, operator, value)

    @classmethod
    def of(cls, name: str, operator: str, value: str) -> "Matcher":
        if "~" not in operator:
            return cls(name, operator, value)
        if len(value) > PATTERN_LIMIT:
            raise ValueError(f"The pattern for {name} is longer than {PATTERN_LIMIT} characters.")
        try:
            pattern = re2.compile(value, _QUIET)
        except re2.error as wrong:
            raise ValueError(f"{value!r} is no regular expression: {_said(wrong)}") from None
        return cls(name, operator, value, pattern)

    def matches(self, labels: Mapping[str, str]) -> bool:
        given = labels.get(self.name, "")
        same = (
            given == self.value
            if self._pattern is None
            else self._pattern.fullmatch(given) is not None
        )
        return same is not self.operator.startswith("!")

    @property
    def matches_empty(self) -> bool:
        """True where it also holds for a label that is not there."""
        return self.matches({})

    def __str__(self) -> str:
        said = self.value.replace("\\", "\\\\").replace('"', '\\"')
        return f'{self.name}{self.operator}"{said}"'


def _said(wrong: Exception) -> str:
    """RE2 complains in bytes."""
    why = wrong.args[0] if wrong.args else ""
    return why.decode(errors="replace") if isinstance(why, bytes) else str(why)


def all_match(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    return all(matcher.matches(labels) for matcher in matchers)
