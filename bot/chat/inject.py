"""Gives a handler what its signature asks for, or refuses to start."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, get_type_hints

from bot.domain.errors import ConfigError

Handler = Callable[..., Awaitable[Any]]


def inject(handler: Handler, services: Mapping[type, object]) -> Handler:
    """The handler with every parameter after the first (the call itself) filled in by its type.

    Raises:
        ConfigError: a parameter is of a type nobody provides.
    """
    wants: dict[str, Any] = get_type_hints(handler)
    wants.pop("return", None)
    _, *rest = wants.items()
    given: dict[str, object] = {}
    for name, kind in rest:
        if kind not in services:
            raise ConfigError(
                f"{handler.__module__}.{getattr(handler, '__name__', handler)} wants {name}: "
                f"{getattr(kind, '__name__', kind)}, which nobody provides."
            )
        given[name] = services[kind]
    return partial(handler, **given)
