"""What an error of a provider's client means: whether to try again, when, and what to call it."""

from dataclasses import dataclass
from typing import Any, Final

PASSING: Final = frozenset({408, 409, 425, 429})
"""Client errors that get better by themselves."""


class TooLong(Exception):
    """Whatever it is, it is no answer."""


@dataclass(frozen=True, slots=True)
class Failure:
    """`code` as in bot.ports.analyst.Refused; `after`: seconds the other side asked for.

    `broken`: it counts against the server, so that a breaker may open.
    """

    code: str
    reason: str
    again: bool = False
    after: float | None = None
    broken: bool = True


SHAPELESS: Final = Failure(
    "schema", "The answer has not the shape that was asked for.", broken=False
)
RESTING: Final = Failure("breaker", "It failed too often and rests for a minute.", broken=False)


def failure_of(error: Exception) -> Failure:
    """No text of the other side is in it: what a stranger sends is not logged."""
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return Failure("timeout", "It did not answer in time.")
    if any(isinstance(one, TooLong) for one in _causes(error)):
        return Failure("provider", "Its answer was far too long.")
    status = _status(error)
    if status is None:
        return Failure("provider", f"It cannot be reached or read ({type(error).__name__}).", True)
    passing = status >= 500 or status in PASSING
    return Failure("provider", f"It said {status}.", passing, _after(error), broken=passing)


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and len(found) < 10:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _status(error: Exception) -> int | None:
    response: Any = getattr(error, "response", None)
    for said in (getattr(error, "status_code", None), getattr(response, "status_code", None)):
        if isinstance(said, int):
            return said
    return None


def _after(error: Exception) -> float | None:
    headers: Any = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return max(0.0, float(headers["retry-after"]))
    except (KeyError, TypeError, ValueError):
        return None
