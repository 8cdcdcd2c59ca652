"""Times, links, paths and other single values out of foreign JSON."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.errors import WrongShape
from handlers.shapes import fields
from handlers.shapes.path import Path
from handlers.shapes.times import moment, moment_or_number


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2020-02-06T00:17:58.432911368Z", datetime(2020, 2, 6, 0, 17, 58, 432911, UTC)),
        ("2015-07-17T08:42:58.315+0000", datetime(2015, 7, 17, 8, 42, 58, 315000, UTC)),
        ("2021-10-12T09:51:03.157076+02:00", datetime(2021, 10, 12, 7, 51, 3, 157076, UTC)),
        ("2020-02-06t00:17:58z", datetime(2020, 2, 6, 0, 17, 58, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2020-02-06T00:17:58", datetime(2020, 2, 6, 0, 17, 58, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+05:00", None),
        ("9999-12-31T23:59:59-23:00", None),
        ("2020-02-06T00:17:58+99:00", None),
        ("soon", None),
        ("", None),
        (None, None),
        (1580948278, None),
        ([], None),
    ],
)
def test_a_time_as_text(said: Any, at: datetime | None) -> None:
    assert moment(said) == at


@pytest.mark.parametrize(
    "said",
    [1499368214, 1499368214.0, "1499368214", 1499368214000, 1499368214000000, 1499368214 * 10**9],
)
def test_a_time_as_a_number_of_any_unit(said: Any) -> None:
    assert moment_or_number(said) == datetime(2017, 7, 6, 19, 10, 14, tzinfo=UTC)


@pytest.mark.parametrize("said", [True, -5, 0, 1e300, 10**30, "nan", "inf", "1e999", {}, 12])
def test_a_number_that_is_no_time(said: Any) -> None:
    assert moment_or_number(said) is None


@pytest.mark.parametrize(
    ("said", "link"),
    [
        ("http://a.example/x", "http://a.example/x"),
        ("HTTPS://a.example", "HTTPS://a.example"),
        (" https://a.example/q?x=a b ", "https://a.example/q?x=a%20b"),
        ("javascript:alert(1)", None),
        ("//a.example", None),
        ("http://a.example/\nX: y", None),
        ("https://" + "a" * 9_000, None),
        ("", None),
        (7, None),
    ],
)
def test_only_web_addresses_are_links(said: Any, link: str | None) -> None:
    assert fields.link(said) == link
    assert fields.link(said, "https://second.example") == link or "https://second.example"


def test_labels_are_text() -> None:
    given = {"a": 1, "b": True, "c": 1.5, "d": None, "e": ["x"], "f": "y", "g": ""}
    said = {"a": "1", "b": "true", "c": "1.5", "e": '["x"]', "f": "y", "g": ""}
    assert fields.labels(given, "labels") == said
    assert fields.labels(None, "labels") == {}
    with pytest.raises(WrongShape, match=r"alerts\[0\].labels must be a JSON object, not a list"):
        fields.labels([], "alerts[0].labels")


def test_a_long_key_stays_one_key_and_fits_an_index() -> None:
    one, other = fields.key("a" * 5_000 + "1"), fields.key("a" * 5_000 + "2")
    assert one
    assert other
    assert one != other
    assert len(one) <= fields.KEY_LIMIT


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e \ufeff", "\u3164", " \u2800\n"])
def test_a_title_that_nobody_sees_is_none(unseen: str) -> None:
    assert fields.title(unseen, "Checkout is slow") == "Checkout is slow"
    assert fields.title(unseen) == ""


def test_a_title_is_one_line_that_is_cut() -> None:
    assert fields.title(" \n", None, "Disk\n  full ") == "Disk full"
    assert fields.title("x" * 501) == "x" * 499 + "…"
    assert fields.description("x" * 10_001) == "x" * 9_999 + "…"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a.b[0].c", 1),
        ("a.b[-1].c", 2),
        ("a.b[9].c", None),
        ("a.text|json.deep[0]", "x"),
        ("a.text|json.missing", None),
        ("a.bad|json.x", None),
        ("a.b[c=2].d", "two"),
        ('["dotted.key"].x', 5),
        ("a.nothing.at.all", None),
        ("a.b.c", None),
    ],
)
def test_a_path_leads_there_or_nowhere(path: str, found: Any) -> None:
    value = {
        "a": {
            "b": [{"c": 1}, {"c": 2, "d": "two"}],
            "text": '{"deep": ["x"]}',
            "bad": "{",
        },
        "dotted.key": {"x": 5},
    }
    assert Path.parse(path).read(value) == found


@pytest.mark.parametrize("said", ["", "a..b", "a[", "a[]", "a]", "a|xml", "a.b["])
def test_what_is_no_path_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="path"):
        Path.parse(said)
