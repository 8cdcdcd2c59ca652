"""What muster.yaml and the variables say together, and which of them said it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from config.document import Document, Problem, Where, read_file
from config.shape import unknown_key
from config.variables import Override, fill, overrides, variable_name


@dataclass(frozen=True, slots=True)
class Said:
    """`ignored` are variables that containers set. `readable`: the file could be read at all."""

    tree: Mapping[str, Any]
    document: Document
    found: tuple[Override, ...]
    ignored: tuple[str, ...]
    problems: tuple[Problem, ...]
    readable: bool

    def problem(self, where: Where, text: str) -> Problem:
        """At the variable or the line that said it."""
        for one in reversed(self.found):
            if where[: len(one.where)] == one.where:
                return Problem(one.variable, () if where == one.where else where, text)
        beside = where[:-1]
        in_file = where in self.document.lines or beside in self.document.lines
        if not in_file and any(beside and one.where[: len(beside)] == beside for one in self.found):
            return Problem(variable_name(map(str, where)), (), text)
        return self.document.problem(where, text)


def gather(path: Path, environment: Mapping[str, str], model: type[BaseModel]) -> Said:
    """The file at `path` with `${NAME}` filled in, and the variables over it."""
    document = fill(read_file(path), environment)
    readable = document.tree is not None or not document.problems
    problems = list(document.problems)
    tree = document.tree if document.tree is not None else {}
    if not isinstance(tree, dict):
        problems.append(document.problem((), "write a mapping, `key: value`"))
        readable, tree = False, {}
    problems += [
        document.problem((key,), unknown_key((key,), model)) for key in _not_for_people(tree, model)
    ]
    said = overrides(environment, model, tree)
    for one in said.found:
        tree = _put(tree, one.where, one.value)
    return Said(
        tree=_without_nulls(tree),
        document=document,
        found=said.found,
        ignored=said.ignored,
        problems=(*problems, *said.problems),
        readable=readable,
    )


def _not_for_people(tree: Mapping[str, Any], model: type[BaseModel]) -> Iterator[str]:
    """Fields that the program fills in."""
    return (key for key, field in model.model_fields.items() if field.exclude and key in tree)


def _put(tree: Any, where: Where, value: Any) -> Any:
    """`tree` with `value` at `where`; a mapping joins the mapping that stands there."""
    base = tree if isinstance(tree, dict) else {}
    if where:
        key, *rest = where
        return {**base, key: _put(base.get(key), tuple(rest), value)}
    if not isinstance(value, dict):
        return value
    for key, said in value.items():
        base = _put(base, (key,), said)
    return base


def _without_nulls(value: Any) -> Any:
    """A key with nothing behind it says nothing: a section whose lines are all commented out."""
    if isinstance(value, dict):
        return {key: _without_nulls(said) for key, said in value.items() if said is not None}
    return value
