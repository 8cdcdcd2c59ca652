"""How an incident is named: `INC-20260105-00042`, or `#42` among people."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

_LONG: Final = re.compile(r"INC-\d{8}-(\d{5,15})", re.IGNORECASE | re.ASCII)
_SHORT: Final = re.compile(r"#(\d{1,15})", re.ASCII)


def incident_id(number: int, opened_at: datetime) -> str:
    """The UTC day of opening and the never reused number, at least five digits."""
    day = opened_at.astimezone(UTC)
    return f"INC-{day.year:04}{day.month:02}{day.day:02}-{number:05}"


def read_incident_id(text: str, *, bare: bool = False) -> int | None:
    """The number in `#42` or `INC-…`, or in `42` where `bare` allows it; else None."""
    if found := _LONG.fullmatch(text) or _SHORT.fullmatch(text):
        return int(found[1])
    if bare and text.isascii() and text.isdigit() and len(text) <= 15:
        return int(text)
    return None


def sortable_id(at: datetime, randomness: str) -> str:
    """32 hex digits that sort by time: milliseconds first, then `randomness` (20 hex digits)."""
    return _hex_milliseconds(at) + randomness


@lru_cache(maxsize=8)
def _hex_milliseconds(at: datetime) -> str:
    """One transaction asks for the same again and again."""
    return f"{int(at.timestamp() * 1000):012x}"
