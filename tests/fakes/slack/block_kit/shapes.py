"""How a field is judged: a Rule looks at a value and says what is wrong with it, and where."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Rule = Callable[[Any, str], Iterator[str]]
"""Takes the value and its JSON pointer."""


def wrong(what: str, at: str) -> str:
    return f"{what} [json-pointer:{at}]"


@dataclass(frozen=True)
class Shape:
    """`needs` and `may` are a type's fields; `also` judges the whole."""

    needs: Mapping[str, Rule]
    may: Mapping[str, Rule]
    also: Rule | None = None

    def judge(self, value: Mapping[str, Any], at: str) -> Iterator[str]:
        fields = {**self.needs, **self.may}
        for name in self.needs.keys() - value.keys():
            yield wrong(f"missing required field: {name}", at)
        for name, said in value.items():
            if name in fields:
                yield from fields[name](said, f"{at}/{name}")
            elif name != "type":
                yield wrong(f"additional property: {name}", at)
        if self.also:
            yield from self.also(value, at)


def string(most: int, least: int = 1) -> Rule:
    def judge(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield wrong("must be a string", at)
        elif len(value) < least:
            yield wrong(f"must be more than {least - 1} characters", at)
        elif len(value) > most:
            yield wrong(f"must be less than {most + 1} characters", at)

    return judge


def flag(value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield wrong("must be a boolean", at)


def number(value: Any, at: str) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int):
        yield wrong("must be a number", at)


def one_of(*words: str) -> Rule:
    def judge(value: Any, at: str) -> Iterator[str]:
        if value not in words:
            yield wrong(f"must be one of {', '.join(words)}", at)

    return judge


def anything(value: Any, at: str) -> Iterator[str]:
    yield from ()


def many(rule: Rule, most: int, least: int = 1) -> Rule:
    """An array of `least` to `most` of these."""

    def judge(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield wrong("must be an array", at)
            return
        if len(value) < least:
            yield wrong(f"no fewer than {least} items", at)
        if len(value) > most:
            yield wrong(f"no more than {most} items allowed", at)
        for place, item in enumerate(value):
            yield from rule(item, f"{at}/{place}")

    return judge


def typed(shapes: Mapping[str, Shape], allowed: Collection[str] | None = None) -> Rule:
    """An object whose `type` says what else it has."""

    def judge(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield wrong("must be an object", at)
        elif value.get("type") not in (shapes if allowed is None else allowed):
            yield wrong(f"unsupported type: {value.get('type')}", f"{at}/type")
        else:
            yield from shapes[value["type"]].judge(value, at)

    return judge


def shaped(shape: Shape) -> Rule:
    """An object that needs no `type`."""

    def judge(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield wrong("must be an object", at)
        else:
            yield from shape.judge(value, at)

    return judge
