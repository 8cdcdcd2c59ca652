"""Days as people type them: `2026-02-01`, `friday`, `tomorrow`, `2w`."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.duration import is_duration
from bot.domain.errors import Invalid
from handlers.words.times import duration

WEEKDAYS: Final = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
NEAR: Final = {"today": 0, "tomorrow": 1}
NEVER: Final = ("", "none", "never")


def day(text: str, zone: str, now: datetime, field: str) -> str:
    """The ISO date meant, in the speaker's zone; an empty word for none.

    Raises:
        Invalid: it is no day.
    """
    said, here = text.strip().lower(), now.astimezone(ZoneInfo(zone)).date()
    if said in NEVER:
        return ""
    if said in NEAR:
        return (here + timedelta(days=NEAR[said])).isoformat()
    if said in WEEKDAYS:
        ahead = (WEEKDAYS.index(said) - here.weekday() - 1) % 7 + 1
        return (here + timedelta(days=ahead)).isoformat()
    if is_duration(said):
        return (here + duration(said, field)).isoformat()
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError:
        raise Invalid(f"{text!r} is no day; write 2026-02-01, friday or 2w.", field=field) from None
