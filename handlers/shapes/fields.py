"""Single values out of foreign JSON: text, keys, labels, links, resources. All pure."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from bot.domain.alert import TEXT_LIMIT, TITLE_LIMIT, digest
from bot.domain.errors import WrongShape
from bot.domain.visible import shows

KEY_LIMIT: Final = 500
"""A longer key is cut and ends in a hash of itself: it still has to fit a database index."""

LINK_LIMIT: Final = 8_000

RESOURCE_LABELS: Final = (
    "instance",
    "host",
    "hostname",
    "node",
    "nodename",
    "pod",
    "container",
    "deployment",
    "statefulset",
    "daemonset",
    "service",
)
"""Labels that name what is broken, the most telling first."""


def text(value: Any) -> str | None:
    """Strings, numbers and booleans as stripped text; None for blanks and everything else."""
    if type(value) is str:
        return value.strip() or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return None


def choice(value: Any) -> str:
    """One of a vendor's fixed words, however a relay writes it: `No Data` is `no_data`."""
    return "_".join(value.lower().split()) if type(value) is str else ""


def plain(value: Any) -> str:
    """Any JSON value as text; objects and lists as compact JSON."""
    if type(value) is str:
        return value
    return "" if value is None else text(value) or orjson.dumps(value).decode()


def cut(said: str, limit: int) -> str:
    return said if len(said) <= limit else said[: limit - 1] + "…"


def title(*candidates: Any) -> str:
    """The first that shows something, on one line; empty if none does."""
    for candidate in candidates:
        if (said := text(candidate)) and shows(said):
            return cut(" ".join(said.split()), TITLE_LIMIT)
    return ""


def description(*candidates: Any) -> str:
    """The first that says something; empty if none does."""
    for candidate in candidates:
        if said := text(candidate):
            return cut(said, TEXT_LIMIT)
    return ""


def key(value: Any) -> str | None:
    """A vendor's identifier as text."""
    said = text(value)
    if said is None or len(said) <= KEY_LIMIT:
        return said
    return f"{said[: KEY_LIMIT - 17]}…{digest(said)}"


def word(value: Any) -> str | None:
    """A vendor's severity and the like: short text."""
    said = text(value)
    return said and cut(said, 100)


def link(*candidates: Any) -> str | None:
    """The first that a person can safely follow: absolute, http or https."""
    for candidate in candidates:
        if type(candidate) is not str:
            continue
        said = candidate.strip()
        if (
            said[:8].lower().startswith(("http://", "https://"))
            and len(said) <= LINK_LIMIT
            and said.isprintable()
        ):
            return said.replace(" ", "%20")
    return None


def labels(value: Any, where: str) -> dict[str, str]:
    """An object as labels; nulls are left out.

    Raises:
        WrongShape: it is no object.
    """
    pairs = mapping(value, where)
    for found in pairs.values():
        if type(found) is not str:
            return {name: plain(found) for name, found in pairs.items() if found is not None}
    return pairs


def mapping(value: Any, where: str) -> dict[str, Any]:
    """An object; null counts as an empty one.

    Raises:
        WrongShape: it is something else.
    """
    if type(value) is dict:
        return value
    if value is None:
        return {}
    raise WrongShape(f"{where} must be a JSON object, not {kind_of(value)}.")


def resource(found: Mapping[str, str]) -> str | None:
    for name in RESOURCE_LABELS:
        if said := found.get(name):
            return cut(said, TITLE_LIMIT)
    return None


def kind_of(value: Any) -> str:
    """What JSON calls it, with its article."""
    if value is None:
        return "null"
    return _KINDS.get(type(value), "a number")


_KINDS: Final[dict[type, str]] = {
    bool: "a boolean",
    dict: "an object",
    list: "a list",
    str: "a string",
}
