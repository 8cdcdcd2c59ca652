"""What the environment adds to muster.yaml: `${NAME}` inside it, and `MUSTER_…` over it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from config.document import Document, Problem, Where, read_text
from config.shape import (
    at,
    did_you_mean,
    holds_values,
    inside,
    keys_of,
    names_entries,
    nearest,
)

PREFIX: Final = "MUSTER_"
CONFIG: Final = "MUSTER_CONFIG"
_TESTS: Final = "MUSTER_TEST_"

_REFERENCE: Final = re.compile(r"\$\$|\$\{([^}]*)\}")
_NAME: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_LINK: Final = re.compile(r"MUSTER_(SERVICE|PORT)_\w+|MUSTER_\w+_(SERVICE_(HOST|PORT)|PORT_\d+)\w*")
"""What Docker and Kubernetes set for a service called muster, or muster-something.
https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
"""


@dataclass(frozen=True, slots=True)
class Override:
    """One variable: the place it fills, and with what."""

    variable: str
    where: Where
    value: Any


@dataclass(frozen=True, slots=True)
class Overrides:
    found: tuple[Override, ...]
    ignored: tuple[str, ...]
    problems: tuple[Problem, ...]


def fill(document: Document, environment: Mapping[str, str]) -> Document:
    """Every `${NAME}` of the values replaced; `$$` is a dollar."""
    problems: list[Problem] = []

    def filled(text: str, where: Where) -> str:
        wrong = [_wrong(found[1], environment) for found in _REFERENCE.finditer(text)]
        problems.extend(document.problem(where, said) for said in wrong if said)
        return _REFERENCE.sub(
            lambda found: environment.get(found[1], "") if found[1] else "$", text
        )

    tree = _with_texts(document.tree, (), filled)
    return replace(document, tree=tree, problems=(*document.problems, *problems))


def _wrong(name: str | None, environment: Mapping[str, str]) -> str:
    """Why `${name}` cannot be filled in, or nothing; None is `$$`."""
    if name is None:
        return ""
    if not _NAME.fullmatch(name):
        return f"${{{name}}} is no name of a variable"
    if name not in environment:
        return f"${{{name}}} is not set"
    return "" if _is_text(environment[name]) else f"${{{name}}} is no UTF-8"


def _with_texts(value: Any, where: Where, change: Callable[[str, Where], str]) -> Any:
    """The same tree with every text changed."""
    if isinstance(value, dict):
        return {key: _with_texts(one, (*where, key), change) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_texts(one, (*where, place), change) for place, one in enumerate(value)]
    return change(value, where) if isinstance(value, str) else value


def overrides(environment: Mapping[str, str], model: Any, tree: Any) -> Overrides:
    """The `MUSTER_…` variables as places in `model`; an empty one counts as not set.

    `tree` is what muster.yaml says: an entry called `grafana-prod` there is meant by
    `MUSTER_SOURCES__GRAFANA_PROD__TOKEN`, since a variable's name has no hyphen.
    """
    found: list[Override] = []
    ignored: list[str] = []
    problems: list[Problem] = []
    for variable in sorted(environment, key=lambda name: (name.count("__"), name)):
        if not variable.startswith(PREFIX) or variable == CONFIG or variable.startswith(_TESTS):
            continue
        text = environment[variable]
        where = _where(variable, model, tree)
        if _is_service_link(variable, text, known=bool(where)):
            ignored.append(variable)
        elif not where:
            near = nearest(variable, _known(variable, model))
            problems.append(Problem(variable, (), "unknown setting" + did_you_mean(near)))
        elif not _is_text(text):
            problems.append(Problem(variable, (), "is no UTF-8"))
        elif text:
            value, wrong = _read(variable, text, at(model, where))
            problems.extend(wrong)
            found.append(Override(variable, where, value))
    return Overrides(tuple(found), tuple(ignored), tuple(problems))


def _is_text(value: str) -> bool:
    """Bytes that are no UTF-8 arrive as lone surrogates (PEP 383)."""
    return not any("\ud800" <= char <= "\udfff" for char in value)


def _where(variable: str, model: Any, tree: Any) -> Where:
    """The place a variable fills, or () where there is none."""
    where: Where = ()
    kind = model
    for part in variable.removeprefix(PREFIX).lower().split("__"):
        key = _entry_called(part, tree) if names_entries(kind) else part
        kind = inside(kind, key) if key else None
        if kind is None:
            return ()
        where = (*where, key)
        tree = tree.get(key) if isinstance(tree, dict) else None
    return where


def _entry_called(part: str, tree: Any) -> str:
    """The entry of muster.yaml that a variable names, else a new one."""
    written = tree if isinstance(tree, dict) else ()
    return next((key for key in written if key.lower().replace("-", "_") == part), part)


def _is_service_link(variable: str, text: str, *, known: bool) -> bool:
    if text.startswith(("tcp://", "udp://")) and (not known or variable == "MUSTER_PORT"):
        return True
    return not known and "__" not in variable and bool(_LINK.fullmatch(variable))


def _read(variable: str, text: str, kind: Any) -> tuple[Any, tuple[Problem, ...]]:
    """Text for a single value; YAML, and so JSON, for a mapping or a list."""
    if not holds_values(kind):
        return text, ()
    document = read_text(variable, text)
    return document.tree, tuple(one._replace(place=variable) for one in document.problems)


def _known(variable: str, model: Any) -> Iterator[str]:
    """Names of variables that might have been meant."""
    _, _, entry = variable.partition("__")
    entry = entry.partition("__")[0] or "NAME"
    for where in settable(model):
        yield variable_name(key if key != ENTRY else entry for key in where)


ENTRY: Final = "<name>"
"""Stands for a name that people choose."""


def settable(model: Any) -> Iterator[tuple[str, ...]]:
    """Every place a variable can fill."""
    for key in keys_of(model):
        kind = inside(model, key)
        start: tuple[str, ...] = (key,)
        if names_entries(kind) and keys_of(inside(kind, ENTRY)):
            kind, start = inside(kind, ENTRY), (key, ENTRY)
        yield from ((*start, *rest) for rest in settable(kind)) if keys_of(kind) else (start,)


def variable_name(where: Iterable[str]) -> str:
    return PREFIX + "__".join(key if key == ENTRY else key.upper() for key in where)
