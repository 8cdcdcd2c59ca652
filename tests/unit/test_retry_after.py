"""How long a server asks us to wait, however it says so."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ports.retry_after import CAP, retry_after

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("30", 30),
        (" 30 ", 30),
        ("1.5", 1.5),
        ("0", 0),
        ("999999", CAP),
        ("9" * 10_000, CAP),
        ("Mon, 05 Jan 2026 09:01:00 GMT", 60),
        ("Monday, 05-Jan-26 09:01:00 GMT", 60),
        ("Mon Jan  5 09:01:00 2026", 60),
        ("Mon, 05 Jan 2026 10:01:00 +0100", 60),
        ("Mon, 05 Jan 2026 08:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", CAP),
        (None, None),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("1e9", None),
        ("²", None),
        ("Mon, 99 Jan 2026 09:01:00 GMT", None),
        ("Mon, 05 Jan 2026 09:01:00 +9999", None),
    ],
)
def test_every_form_is_read_or_ignored(said: str | None, seconds: float | None) -> None:
    assert retry_after(said, NOW) == seconds


@settings(deadline=None)  # a busy machine is no bug
@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, [0-9]+ [A-Z][a-z]{2} [0-9]+ [0-9:+-]+ ?\S*"))
def test_nothing_makes_it_fail_or_wait_too_long(said: str) -> None:
    wait = retry_after(said, NOW)
    assert wait is None or 0 <= wait <= CAP
