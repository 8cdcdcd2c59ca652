"""Times as people type them, read in their own zone.

`14:05` is the nearest such time in the wanted direction, `9` and `9am` a full hour, `yesterday
14:05` and `2026-01-05 14:05` say their day, `14:05:09` its second, `14:05Z` is in UTC. A time the
clocks skip, or pass twice, is not guessed.
"""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

_FORM: Final = re.compile(
    r"(?:(?P<day>yesterday|today|tomorrow|\d{4}-\d{2}-\d{2})[ T])?\s*"
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?\s*(?P<half>am|pm)?\s*(?P<utc>z|utc)?",
    re.IGNORECASE | re.ASCII,
)
_DAYS: Final = {"yesterday": -1, "today": 0, "tomorrow": 1}


class Direction(StrEnum):
    PAST = "past"
    FUTURE = "future"


def read_time(text: str, zone: str, now: datetime, direction: Direction) -> datetime:
    """The instant meant, in UTC.

    Raises:
        ValueError: it is no time, it lies in the other direction, or the clocks of the zone skip
            or repeat it; the message asks.
    """
    try:
        return _read(text, zone, now, direction)
    except OverflowError:
        raise ValueError(f"{text!r} is too far away.") from None


def _read(text: str, zone: str, now: datetime, direction: Direction) -> datetime:
    found = _FORM.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is no time; write 14:05, or 2026-01-05 14:05.")
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].lower() == "pm" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(f"{text!r} is no time of a day.")
    place = ZoneInfo("UTC" if found["utc"] else zone)
    here = now.astimezone(place)
    day = (found["day"] or "").lower()
    if day and day not in _DAYS:
        base = datetime.fromisoformat(day)
    else:
        base = here.replace(tzinfo=None) + timedelta(days=_DAYS.get(day, 0))
    local = base.replace(hour=hour, minute=minute, second=second, microsecond=0)
    instant = _certain(local, place, text)
    if not day and direction is Direction.PAST and instant > now:
        instant = _certain(local - timedelta(days=1), place, text)
    elif not day and direction is Direction.FUTURE and instant <= now:
        instant = _certain(local + timedelta(days=1), place, text)
    if direction is Direction.PAST and instant > now:
        raise ValueError(f"{text!r} is still to come.")
    return instant


def _certain(local: datetime, place: ZoneInfo, text: str) -> datetime:
    early = local.replace(tzinfo=place, fold=0).astimezone(UTC)
    late = local.replace(tzinfo=place, fold=1).astimezone(UTC)
    if early.astimezone(place).replace(tzinfo=None) != local:
        raise ValueError(f"{text!r} does not exist in {place.key} on that day: the clocks skip it.")
    if early != late:
        raise ValueError(
            f"{text!r} happens twice in {place.key} on that day: write "
            f"{early:%Y-%m-%dT%H:%M}Z or {late:%Y-%m-%dT%H:%M}Z, which are in UTC."
        )
    return early


def say_time(moment: datetime, zone: str) -> str:
    """`2026-01-05 14:05 CET`: absolute, with the zone."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %Z}"
