"""A YAML file as plain values, and where each of them stands.

Scalars stay the text they are: the models make numbers, switches and times of them. So the country
`no` is not false, the version `1.10` not 1.1 and the telephone number `+45…` not a number. What a
model cannot be asked about is refused here, with file and line: a key that stands twice, a file too
large, nesting or aliases that would eat the process.

The values are built from the parser's events and not from its nodes, because libyaml's composer
follows nesting on the C stack and dies of deep nesting.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

LARGEST: Final = 1_000_000
"""Bytes of one file."""
DEEPEST: Final = 32
MOST_VALUES: Final = 200_000
"""Of one file, with every alias counted as what it stands for."""

Where = tuple[str | int, ...]
"""The keys and list places that lead to a value."""

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TAGS: Final = frozenset(
    {
        None,
        "!",
        *(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "map", "seq")),
    }
)
_MERGE: Final = "<<"


class Problem(NamedTuple):
    """`place` is `file:line` or a variable's name."""

    place: str
    where: Where
    text: str

    def __str__(self) -> str:
        key = ".".join(map(str, self.where))
        return ": ".join(filter(None, (self.place, key, self.text)))


@dataclass(frozen=True, slots=True)
class Document:
    """`tree` holds dicts, lists, text and None (nothing said); `lines` count from 1."""

    name: str
    tree: Any = None
    lines: Mapping[Where, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def line(self, where: Where) -> int:
        """Of the value, else of the nearest one that holds it."""
        for length in range(len(where), 0, -1):
            if found := self.lines.get(where[:length]):
                return found
        return 1

    def problem(self, where: Where, text: str) -> Problem:
        return Problem(f"{self.name}:{self.line(where)}", where, text)


class _Refused(Exception):
    """The whole text is refused; `line` counts from 1."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.text = text


def read_file(path: Path) -> Document:
    """The file's values, or its problems; never an exception."""
    name = str(path)
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as wrong:
        return _refused(name, _Refused(0, f"cannot be read: {wrong.strerror}"))
    if len(raw) > LARGEST:
        return _refused(name, _Refused(0, f"is larger than {LARGEST:,} bytes"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        return _refused(name, _Refused(line, f"byte {raw[wrong.start]:#04x} is no UTF-8"))
    return read_text(name, text)


def read_text(name: str, text: str) -> Document:
    """The text's values, or its problems; never an exception."""
    reading = _Reading(name)
    try:
        tree = reading.document(yaml.parse(text, _LOADER))
    except _Refused as refused:
        return _refused(name, refused)
    except yaml.MarkedYAMLError as wrong:
        return _refused(name, _syntax(wrong, text))
    except yaml.YAMLError as wrong:
        line = text.count("\n", 0, getattr(wrong, "position", 0)) + 1
        return _refused(name, _Refused(line, str(wrong).splitlines()[0]))
    return Document(name, tree, reading.lines, tuple(reading.problems))


def _refused(name: str, refused: _Refused) -> Document:
    place = f"{name}:{refused.line}" if refused.line else name
    return Document(name, problems=(Problem(place, (), refused.text),))


def _syntax(wrong: yaml.MarkedYAMLError, text: str) -> _Refused:
    mark = wrong.problem_mark or wrong.context_mark
    line = mark.line if mark else 0
    said = next(islice(text.splitlines(), line, None), "")
    if said[: len(said) - len(said.lstrip())].count("\t"):
        return _Refused(line + 1, "a tab stands here; YAML is indented with spaces")
    if "${" in said:
        return _Refused(line + 1, f'{wrong.problem}; between braces, write "${{NAME}}" in quotes')
    return _Refused(line + 1, wrong.problem or "is no YAML")


class _Reading:
    """One walk over the events of one text."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Where, int] = {}
        self.problems: list[Problem] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._values = 0

    def document(self, events: Iterator[Any]) -> Any:
        tree = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if self._values:
                    raise _Refused(_line(event), "a second document begins; write one to a file")
                tree = self._value(next(events), events, ())
        return tree

    def _value(self, event: Any, events: Iterator[Any], where: Where) -> Any:
        if len(where) > DEEPEST:
            raise _Refused(_line(event), f"is nested deeper than {DEEPEST}")
        before = self._values
        self._count(event, 1)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if event.tag not in _TAGS:
            raise _Refused(_line(event), f"the tag {event.tag} is not understood")
        value = self._built(event, events, where)
        if event.anchor:
            self._anchors[event.anchor] = value, self._values - before
        return value

    def _built(self, event: Any, events: Iterator[Any], where: Where) -> Any:
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(events, where)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(events, where)
        return None if event.implicit[0] and event.value in _NULL else event.value

    def _alias(self, event: Any) -> Any:
        if event.anchor not in self._anchors:
            raise _Refused(_line(event), f"*{event.anchor} points at nothing above it")
        value, size = self._anchors[event.anchor]
        self._count(event, size)
        return value

    def _count(self, event: Any, more: int) -> None:
        self._values += more
        if self._values > MOST_VALUES:
            raise _Refused(_line(event), f"holds more than {MOST_VALUES:,} values")

    def _list(self, events: Iterator[Any], where: Where) -> list[Any]:
        values: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            here = (*where, len(values))
            self.lines[here] = _line(event)
            values.append(self._value(event, events, here))
        return values

    def _mapping(self, events: Iterator[Any], where: Where) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        values: dict[str, Any] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                raise _Refused(_line(event), "a key must be plain text")
            key, here, line = event.value, (*where, event.value), _line(event)
            if key == _MERGE and event.implicit[0]:
                # What is merged in has its place where it was written first.
                merged.update(_merged(self._value(next(events), events, here), line))
                continue
            if key in values:
                text = f"stands twice; the first time in line {self.lines[here]}"
                self.problems.append(Problem(f"{self.name}:{line}", here, text))
            self.lines[here] = line
            values[key] = self._value(next(events), events, here)
        return {**merged, **values}


def _merged(value: Any, line: int) -> Mapping[str, Any]:
    """`<<: *defaults` or `<<: [*first, *second]`, where the first one wins."""
    mappings = value if isinstance(value, list) else [value]
    if not all(isinstance(one, dict) for one in mappings):
        raise _Refused(line, "`<<` takes a mapping")
    return {key: said for one in reversed(mappings) for key, said in one.items()}


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
