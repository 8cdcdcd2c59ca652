"""What an error of a provider's client means: whether to try again, when, and what to call it.

Each client wraps what happened in errors of its own; what all of them keep is the chain of causes,
and the response in it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from bot.ports.retry_after import CAP, retry_after

PASSING: Final = frozenset({408, 409, 425, 429})
"""Client errors that get better by themselves."""

DEEPEST: Final = 10
RETRY_INFO: Final = "type.googleapis.com/google.rpc.RetryInfo"
"""How Google says `Retry-After`: https://cloud.google.com/apis/design/errors#error_payloads"""


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
    causes = _causes(error)
    if any(isinstance(one, TooLong) for one in causes):
        return Failure("provider", "Its answer was far too long.")
    if (status := _status(causes)) is not None:
        passing = status >= 500 or status in PASSING
        return Failure("provider", f"It said {status}.", passing, _after(causes), broken=passing)
    if any(isinstance(one, TimeoutError) or "Timeout" in type(one).__name__ for one in causes):
        return Failure("timeout", "It did not answer in time.")
    return Failure("provider", f"It cannot be reached or read ({type(error).__name__}).", True)


def _causes(error: BaseException | None) -> list[BaseException]:
    """The error and what led to it, also where its client hid that."""
    found: list[BaseException] = []
    while error is not None and error not in found and len(found) < DEEPEST:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _status(causes: list[BaseException]) -> int | None:
    """Of the answer; Google's client calls it `code`."""
    for error in causes:
        response = getattr(error, "response", None)
        said = [getattr(one, "status_code", None) for one in (error, response)]
        for status in (*said, getattr(error, "code", None)):
            if isinstance(status, int) and 300 <= status <= 599:
                return status
    return None


def _after(causes: list[BaseException]) -> float | None:
    for error in causes:
        headers = getattr(getattr(error, "response", None), "headers", None)
        for said in (_header(headers or {}), *_details(getattr(error, "details", None))):
            if said is not None:
                return said
    return None


def _header(headers: Mapping[str, str]) -> float | None:
    """Azure says it in milliseconds too, which is nearer."""
    exact = headers.get("retry-after-ms", "")
    if exact.isdecimal():
        return min(int(exact) / 1_000, CAP)
    return retry_after(headers.get("retry-after"), _date(headers))


def _date(headers: Mapping[str, str]) -> datetime:
    """The other side's own clock, from which it counts."""
    try:
        at = parsedate_to_datetime(headers.get("date") or "")
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _details(said: Any) -> Iterator[float | None]:
    error = said.get("error") if isinstance(said, dict) else None
    details = error.get("details") if isinstance(error, dict) else None
    for one in details if isinstance(details, list) else ():
        if isinstance(one, dict) and one.get("@type") == RETRY_INFO:
            delay = str(one.get("retryDelay", ""))
            yield retry_after(delay.removesuffix("s"), datetime.max.replace(tzinfo=UTC))
