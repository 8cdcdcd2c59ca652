"""Dataclasses whose methods are compiled when first called.

Up to Python 3.12 `dataclass` writes seven functions for a frozen class and compiles one after the
other; over all classes of ours and of our libraries that is a fifth of a start, for methods of
which most are never called. From 3.13 on it compiles them together, and this changes nothing.
https://github.com/python/cpython/issues/109870
"""

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import MethodType
from typing import Any, Final

CREATE: Final = getattr(dataclasses, "_create_fn", None)


@contextmanager
def late_methods() -> Iterator[None]:
    """Dataclasses made inside it have such methods; they behave as the others do."""
    if CREATE is None:
        yield
        return
    dataclasses._create_fn = _late  # type: ignore[attr-defined]
    try:
        yield
    finally:
        dataclasses._create_fn = CREATE  # type: ignore[attr-defined]


def _late(name: str, args: Any, body: Any, **options: Any) -> Callable[..., Any]:
    """In the place of dataclasses._create_fn."""
    create: Any = CREATE
    if name == "__init__":
        return LateInit(lambda: create(name, args, body, **options))
    made: Callable[..., Any] | None = None

    def method(self: Any, *rest: Any) -> Any:
        nonlocal made
        if made is None:
            made = create(name, args, body, **options)
            _put_in_place(type(self), name, method, made)
        return made(self, *rest)

    method.__name__ = name
    return method


class LateInit:
    """An `__init__` that is compiled when it is first called, or asked how it is called."""

    __name__ = "__init__"

    def __init__(self, make: Callable[[], Callable[..., Any]]) -> None:
        self._make = make
        self._made: Callable[..., Any] | None = None

    def __get__(self, instance: Any, owner: type | None = None) -> Callable[..., Any]:
        return self if instance is None else MethodType(self, instance)

    def __call__(self, instance: Any, /, *rest: Any, **named: Any) -> None:
        made = self._real()
        _put_in_place(type(instance), self.__name__, self, made)
        made(instance, *rest, **named)

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(self._real())

    @property
    def __annotations__(self) -> dict[str, Any]:  # type: ignore[override]
        return self._real().__annotations__

    def _real(self) -> Callable[..., Any]:
        if self._made is None:
            self._made = self._make()
        return self._made


def _put_in_place(cls: type, name: str, late: Any, made: Any) -> None:
    """From the second call on the real one is called, without a detour."""
    for base in cls.__mro__:
        if vars(base).get(name) is late:
            made.__qualname__ = f"{base.__qualname__}.{name}"
            setattr(base, name, made)
