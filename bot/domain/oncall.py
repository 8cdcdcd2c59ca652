"""Who is on call when: a weekly rotation in the schedule's own time zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Shift:
    """One person's turn; UTC instants, the end excluded."""

    person: str
    starts_at: datetime
    ends_at: datetime


def shift_at(
    people: Sequence[str], first: datetime, length: timedelta, zone: ZoneInfo, at: datetime
) -> Shift | None:
    """Whose turn it is at `at`.

    `first` is the naive local time at which the first person's first turn begins; turns are
    `length` of local wall time, so a handover at 09:00 stays at 09:00 across a change of clocks.
    None before the first turn or without people.
    """
    if not people:
        return None
    local = at.astimezone(zone).replace(tzinfo=None)
    turn = (local - first) // length
    for candidate in (turn - 1, turn, turn + 1):  # the wall clock can run backwards for an hour
        starts, ends = (_utc(first + length * n, zone) for n in (candidate, candidate + 1))
        if candidate >= 0 and starts <= at < ends:
            return Shift(people[candidate % len(people)], starts, ends)
    return None


def _utc(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)
