"""Durations as people write them: `90s`, `5m`, `1h30m`, `2d`, `1w`."""

import re
from datetime import timedelta
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, PlainSerializer

LONGEST: Final = timedelta(days=36_500)
"""A hundred years: what is longer cannot be added to every date."""

UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_PART: Final = re.compile(r"(\d{1,9})\s*(s|m|h|d|w)", re.ASCII)
_SECONDS: Final = re.compile(r"\s*\d{1,9}\s*", re.ASCII)
_WHOLE: Final = re.compile(r"(?:\s*\d{1,9}\s*[smhdw])+\s*", re.ASCII)


def is_duration(text: str) -> bool:
    """Whether it is written as one, be it too long."""
    return _WHOLE.fullmatch(text.strip().lower()) is not None


def parse_duration(text: str) -> timedelta:
    """`1h30m` → 90 minutes.

    Raises:
        ValueError: the text is no duration; the message says how one looks.
    """
    if not is_duration(text):
        raise ValueError(f"{text!r} is no duration; write for example 30m, 2h or 1h30m.")
    seconds = sum(int(count) * UNITS[unit] for count, unit in _PART.findall(text.lower()))
    if seconds > LONGEST.total_seconds():
        raise ValueError(f"{text!r} is too long; at most {say_duration(LONGEST)}.")
    return timedelta(seconds=seconds)


def say_duration(span: timedelta) -> str:
    """90 minutes → `1h 30m`; the two largest units, `0s` for nothing."""
    left, parts = int(span.total_seconds()), []
    for unit in ("d", "h", "m", "s"):
        count, left = divmod(left, UNITS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2]) or "0s"


def _read(value: Any) -> Any:
    """A plain number is of seconds, in a variable as in YAML."""
    if not isinstance(value, str):
        return value
    return timedelta(seconds=int(value)) if _SECONDS.fullmatch(value) else parse_duration(value)


Duration = Annotated[
    timedelta,
    BeforeValidator(_read, json_schema_input_type=str),
    PlainSerializer(say_duration, return_type=str),
]
"""A pydantic field: `5m` in YAML, a timedelta in the program."""
