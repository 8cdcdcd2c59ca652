"""Dataclasses whose comparing, printing and guarding methods are compiled when first called.

Up to Python 3.12 `dataclass` writes six functions for a frozen class and compiles one after the
other; over all classes of ours and of our libraries that is a seventh of a start, for methods of
which most are never called. From 3.13 on it compiles them together, and this changes nothing.
https://github.com/python/cpython/issues/109870
"""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

CREATE: Final = getattr(dataclasses, "_create_fn", None)
AT_ONCE: Final = "__init__"
"""Its signature is read, by people and by programs."""


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
    if name == AT_ONCE:
        return create(name, args, body, **options)  # type: ignore[no-any-return]
    made: Callable[..., Any] | None = None

    def method(self: Any, *rest: Any) -> Any:
        nonlocal made
        if made is None:
            made = create(name, args, body, **options)
            _put_in_place(type(self), name, method, made)
        return made(self, *rest)

    method.__name__ = name
    return method


def _put_in_place(cls: type, name: str, late: Any, made: Any) -> None:
    """From the second call on the real one is called, without a detour."""
    made.__qualname__ = late.__qualname__
    for base in cls.__mro__:
        if vars(base).get(name) is late:
            setattr(base, name, made)
