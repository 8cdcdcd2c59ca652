"""A dotted path into JSON, as people write it in sources.<name>.mapping.

`a.b[0].c` goes down; `Message|json.AlarmName` reads the string in `Message` as JSON and goes on
inside; `Dimensions[name=Bucket].value` takes the first item of a list whose `name` is `Bucket`;
`["a.b"]` is a key with a dot in it. `.` is the whole.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.errors import Unreadable
from handlers.shapes.fields import text
from handlers.strict_json import decode

Step = Callable[[Any], Any]
"""Goes one step down; None where there is nothing."""

_STEP: Final = re.compile(
    r"""
      (?P<json> \|json )
    | \[ " (?P<quoted> [^"]+ ) " \]
    | \[ (?P<index> -?\d{1,6} ) \]
    | \[ (?P<name> [^\]=]+ ) = (?P<wanted> [^\]]* ) \]
    | \.? (?P<key> [^.\[\]|]+ )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Path:
    said: str
    steps: tuple[Step, ...]

    @classmethod
    def parse(cls, said: str) -> "Path":
        """Raises ValueError: the text is no path."""
        steps: list[Step] = []
        at = len(said) if said == "." else 0
        while at < len(said):
            found = _STEP.match(said, at)
            if found is None:
                raise ValueError(f"{said!r} is no path; write one like alert.tags[0].name")
            steps.append(_step(found))
            at = found.end()
        if not said:
            raise ValueError("a path may not be empty")
        return cls(said, tuple(steps))

    def read(self, value: Any) -> Any:
        """What is there, or None."""
        for step in self.steps:
            if value is None:
                return None
            value = step(value)
        return value


def _step(found: re.Match[str]) -> Step:
    if found["json"]:
        return _as_json
    if found["index"]:
        return _item(int(found["index"]))
    if found["name"]:
        return _first_with(found["name"].strip(), found["wanted"].strip())
    return _member(found["quoted"] or found["key"])


def _member(name: str) -> Step:
    return lambda value: value.get(name) if isinstance(value, dict) else None


def _item(index: int) -> Step:
    def take(value: Any) -> Any:
        there = isinstance(value, list) and -len(value) <= index < len(value)
        return value[index] if there else None

    return take


def _first_with(name: str, wanted: str) -> Step:
    def take(value: Any) -> Any:
        for item in value if isinstance(value, list) else ():
            if isinstance(item, dict) and text(item.get(name)) == wanted:
                return item
        return None

    return take


def _as_json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return decode(value.encode())
    except Unreadable:
        return None
