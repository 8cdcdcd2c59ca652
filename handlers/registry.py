"""A registry maps a name to an import path; this turns the path into the thing."""

from importlib import import_module
from typing import Any

from bot.domain.errors import ConfigError


def resolve(path: str) -> Any:
    """`"handlers.alerts.grafana:parse"` → that function.

    Raises:
        ConfigError: there is no such module, or nothing of that name in it.
    """
    module, _, name = path.partition(":")
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(f"{path!r} leads nowhere: {error}.") from error
