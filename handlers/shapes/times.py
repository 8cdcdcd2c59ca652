"""Times as vendors write them → aware UTC datetimes.

A time nobody can mean (the zero time of Go, a year out of any range) counts as none given: an alert
matters more than its time.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

YEARS: Final = range(1990, 2100)
"""What a monitored system may say today."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECONDS: Final = ((1e11, 1_000_000.0), (1e14, 1_000.0), (1e17, 1.0), (1e20, 0.001))
"""A number below the limit counts units of so many microseconds: s, ms, µs, ns since 1970."""


def moment(value: Any) -> datetime | None:
    """RFC 3339, also with nanoseconds and with `+0000`; without an offset it is UTC."""
    if type(value) is not str or not value:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return _mended(value)
    return _plausible(at)


def moment_or_number(value: Any) -> datetime | None:
    """RFC 3339, or seconds, milliseconds, microseconds or nanoseconds since 1970."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return moment(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    for limit, microseconds in _MICROSECONDS:
        if 0 < value < limit:
            return _plausible(_EPOCH + timedelta(microseconds=value * microseconds))
    return None


def _plausible(at: datetime) -> datetime | None:
    if at.year not in YEARS:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _mended(value: str) -> datetime | None:
    """What RFC 3339 allows and Python does not: small letters, and second 60."""
    said = value.strip().upper().replace(":60", ":59", 1)
    try:
        return _plausible(datetime.fromisoformat(said)) if said != value else None
    except ValueError:
        return None
