"""Durations, typed times and rotations: what people write, in the zones they live in."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.duration import parse_duration, say_duration
from bot.domain.oncall import shift_at
from bot.domain.typed_time import Direction, read_time, say_time

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
MONDAY = datetime(2026, 1, 5, 9)  # noqa: DTZ001 - the local time of a schedule
WEEK = timedelta(weeks=1)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("5m", 300), ("1h30m", 5400), ("1h 30m", 5400), ("2d", 172_800), ("1W", 604_800)],
)
def test_durations_are_read_as_people_write_them(text, seconds):
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "m", "1.5h", "-5m", "5 minutes", "٣m", "999999999w"])
def test_what_is_no_duration_says_how_one_looks(text):
    with pytest.raises(ValueError, match=r"write|long"):
        parse_duration(text)


@given(st.integers(0, 10**7))
def test_what_is_said_of_a_duration_can_be_read_again_if_it_is_exact(seconds):
    said = say_duration(timedelta(seconds=seconds))
    assert parse_duration(said) <= timedelta(seconds=seconds)


NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)  # 14:00 in Copenhagen


@pytest.mark.parametrize(
    ("text", "direction", "utc"),
    [
        ("14:05", Direction.PAST, "2026-06-14T12:05"),
        ("13:55", Direction.PAST, "2026-06-15T11:55"),
        ("9", Direction.FUTURE, "2026-06-16T07:00"),
        ("9pm", Direction.FUTURE, "2026-06-15T19:00"),
        ("yesterday 23:30", Direction.PAST, "2026-06-14T21:30"),
        ("2026-01-05 09:00", Direction.PAST, "2026-01-05T08:00"),
    ],
)
def test_typed_times_are_read_in_the_speakers_zone(text, direction, utc):
    read = read_time(text, "Europe/Copenhagen", NOW, direction)

    assert f"{read:%Y-%m-%dT%H:%M}" == utc


@pytest.mark.parametrize("text", ["25:00", "12:60", "noon", "", "1:2:3", "2026-13-01 10:00"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match=r"time|month"):
        read_time(text, "UTC", NOW, Direction.PAST)


def test_a_time_the_clocks_skip_is_not_guessed():
    spring = datetime(2026, 3, 29, 12, tzinfo=UTC)

    with pytest.raises(ValueError, match="does not exist"):
        read_time("02:30", "Europe/Copenhagen", spring, Direction.PAST)


def test_a_time_that_happens_twice_is_asked_about():
    autumn = datetime(2026, 10, 25, 12, tzinfo=UTC)

    with pytest.raises(ValueError, match=r"twice.*00:30.*01:30"):
        read_time("02:30", "Europe/Copenhagen", autumn, Direction.PAST)


def test_an_echoed_time_is_absolute_and_names_its_zone():
    assert say_time(NOW, "Europe/Copenhagen") == "2026-06-15 14:00 CEST"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN).astimezone(UTC)


@pytest.mark.parametrize(
    ("local", "who"),
    [
        ("2026-01-05T08:59", None),
        ("2026-01-05T09:00", "ann"),
        ("2026-01-12T08:59", "ann"),
        ("2026-01-12T09:00", "ben"),
        ("2026-03-30T08:59", "ben"),  # the clocks changed the day before
        ("2026-03-30T09:00", "ann"),
    ],
)
def test_the_handover_stays_at_nine_across_a_change_of_clocks(local, who):
    shift = shift_at(["ann", "ben"], MONDAY, WEEK, COPENHAGEN, at(local))

    assert (shift.person if shift else None) == who


@given(st.datetimes(datetime(2026, 1, 6), datetime(2036, 1, 1)))  # noqa: DTZ001
def test_at_every_moment_exactly_one_shift_holds(moment):
    here = moment.replace(tzinfo=UTC)
    shift = shift_at(["ann", "ben", "eva"], MONDAY, timedelta(hours=8), COPENHAGEN, here)

    assert shift is not None
    assert shift.starts_at <= here < shift.ends_at
    following = shift_at(
        ["ann", "ben", "eva"], MONDAY, timedelta(hours=8), COPENHAGEN, shift.ends_at
    )
    assert following is not None
    assert following.starts_at == shift.ends_at
