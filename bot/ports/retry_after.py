"""`Retry-After`, as servers really write it: https://www.rfc-editor.org/rfc/rfc9110#name-retry-after"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

CAP: Final = 3_600.0
"""Seconds; nobody makes us wait for longer."""

_SECONDS: Final = re.compile(r"[0-9]+(\.[0-9]*)?")


def retry_after(said: str | None, now: datetime) -> float | None:
    """Seconds from `now` (aware, wall time), 0 up to CAP; None where nothing sensible was said."""
    text = (said or "").strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), CAP)
    try:
        at = parsedate_to_datetime(text)
        wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(wait.total_seconds(), 0.0), CAP)
