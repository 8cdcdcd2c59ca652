"""Refusals, kept as JSON and raised again: a repeat is refused with the words of the first time."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.domain.errors import (
    Conflict,
    Forbidden,
    IllegalTransition,
    Invalid,
    NotFound,
    Stale,
    UserError,
)

Kept = Mapping[str, Any]

REVIVED: Final[Mapping[str, Callable[[Kept], UserError]]] = {
    "Conflict": lambda kept: Conflict(kept["text"], allowed=kept["allowed"]),
    "IllegalTransition": lambda kept: IllegalTransition(kept["text"], allowed=kept["allowed"]),
    "Forbidden": lambda kept: Forbidden(kept["text"]),
    "Invalid": lambda kept: Invalid(kept["text"], field=kept["field"]),
    "NotFound": lambda kept: NotFound(kept["text"]),
    "Stale": lambda kept: Stale(kept["text"]),
}


def keep_refusal(refusal: UserError) -> Kept | None:
    """None for a kind that is not kept; the next repeat tries again."""
    name = type(refusal).__name__
    if name not in REVIVED:
        return None
    return {
        "refusal": name,
        "text": str(refusal),
        "allowed": list(getattr(refusal, "allowed", ())),
        "field": getattr(refusal, "field", ""),
    }


def revive_refusal(kept: Kept) -> UserError | None:
    """The refusal, where what is kept is one."""
    revive = REVIVED.get(kept.get("refusal", ""))
    return revive(kept) if revive is not None else None
