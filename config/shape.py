"""What a model would have understood: its keys, the nearest to a typo, its complaint in words."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from config.document import Where

_WORDS: Final = {
    "tuple_type": "write a list",
    "list_type": "write a list",
    "mapping_type": "write a mapping, `key: value`",
    "dict_type": "write a mapping, `key: value`",
    "model_type": "write a mapping, `key: value`",
    "model_attributes_type": "write a mapping, `key: value`",
    "string_type": "write a text",
    "int_parsing": "write a whole number",
    "int_type": "write a whole number",
    "float_parsing": "write a number",
    "bool_parsing": "write true or false",
    "bool_type": "write true or false",
    "datetime_from_date_parsing": "write a date and a time, as in 2026-01-05T09:00",
    "too_short": "write at least one",
}
"""pydantic's kind of error → what to do about it."""

_KEY: Final = "[key]"
"""How pydantic marks that the key itself is wrong, and not what stands under it."""


def inside(kind: Any, key: str | int) -> Any:
    """The type of what stands under `key`, or None where a value of this type has no such key."""
    for one in _alternatives(kind):
        if one is Any:
            return Any
        if _is_model(one):
            field = one.model_fields.get(str(key))
            if field is not None and not field.exclude:
                return field.annotation
        elif get_args(one) and _is_mapping(one):
            return get_args(one)[1]
        elif get_origin(one) in {tuple, list} and isinstance(key, int):
            return get_args(one)[0]
    return None


def at(kind: Any, where: Where) -> Any:
    """`inside`, key after key."""
    for key in where:
        kind = inside(kind, key)
    return kind


def keys_of(kind: Any) -> tuple[str, ...]:
    """What a person may write there; a field with `exclude` is not for people."""
    return tuple(
        name
        for model in models_in(kind)
        for name, field in model.model_fields.items()
        if not field.exclude
    )


def models_in(kind: Any) -> Iterator[type[BaseModel]]:
    """The models a value of this type may be."""
    return (one for one in _alternatives(kind) if _is_model(one))


def holds_values(kind: Any) -> bool:
    """True for a mapping or a list, False for a single value (and for whatever a text is, too)."""
    return any(
        _is_model(one) or _is_mapping(one) or get_origin(one) in {tuple, list}
        for one in _alternatives(kind)
    )


def names_entries(kind: Any) -> bool:
    """True for a mapping whose keys people choose."""
    return any(_is_mapping(one) for one in _alternatives(kind))


def nearest(said: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, or nothing."""
    return next(iter(get_close_matches(said, list(known), n=1)), "")


def did_you_mean(word: str) -> str:
    return f'; did you mean "{word}"?' if word else ""


def complaints(error: ValidationError, model: type[BaseModel]) -> Iterator[tuple[Where, str]]:
    """Each error: where, and what to mend. Never the value given, which may be a secret."""
    errors = error.errors(include_url=False, include_input=False)
    holders = {one["loc"][:length] for one in errors for length in range(len(one["loc"]))}
    for one in errors:
        if one["type"] == "too_short" and one["loc"] in holders:
            continue  # it has enough, but what is wrong inside was not counted
        where = tuple(key for key in one["loc"] if key != _KEY)
        yield where, _words(one["type"], one["msg"], where, model)


def _words(type: str, message: str, where: Where, model: Any) -> str:
    if type == "extra_forbidden":
        return unknown_key(where, model)
    if type == "missing":
        return "is missing"
    return _WORDS.get(type) or message.removeprefix("Value error, ").replace("Input should", "must")


def unknown_key(where: Where, model: Any) -> str:
    known = keys_of(at(model, where[:-1]))
    return "unknown key" + did_you_mean(nearest(str(where[-1]), known))


def _alternatives(kind: Any) -> Iterator[Any]:
    """`Annotated[A, …] | B | None` → A, B."""
    origin = get_origin(kind)
    if origin is Annotated:
        yield from _alternatives(get_args(kind)[0])
    elif origin in {Union, UnionType}:
        for one in get_args(kind):
            yield from _alternatives(one)
    elif kind not in {None, NoneType}:
        yield kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _is_mapping(kind: Any) -> bool:
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, Mapping)
