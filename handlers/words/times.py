"""Durations and times in commands, as errors a person can act on."""

from datetime import datetime, timedelta
from typing import Final

from bot.domain.duration import parse_duration
from bot.domain.errors import Invalid
from bot.domain.typed_time import Direction, read_time

LONGEST: Final = timedelta(days=366)


def duration(text: str, field: str = "duration") -> timedelta:
    """Raises Invalid where it is none, or longer than anything we wait for."""
    try:
        span = parse_duration(text)
    except ValueError as wrong:
        raise Invalid(str(wrong), field=field) from None
    if span > LONGEST:
        raise Invalid(f"{text!r} is too long; at most a year fits.", field=field)
    return span


def moment(text: str, zone: str, now: datetime, direction: Direction, field: str) -> datetime:
    """Raises Invalid where it is none, or not one certain instant."""
    try:
        return read_time(text, zone, now, direction)
    except ValueError as wrong:
        raise Invalid(str(wrong), field=field) from None
