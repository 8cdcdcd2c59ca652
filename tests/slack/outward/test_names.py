"""What rooms are called and what stands in their topics."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.slack.names import NOTE, numbered, our_topic, plain_name, room_name, topic
from tests.fakes.slack.names import judge_name

TEMPLATE = "inc-{number}-{slug}"


@given(st.text(max_size=300), st.integers(1, 10**9), st.integers(1, 9))
def test_every_title_makes_a_name_that_slack_takes(title: str, number: int, place: int) -> None:
    name = numbered(room_name(TEMPLATE, number, title), place)
    assert judge_name(name) == name
    assert name.startswith(f"inc-{number}")
    plain = plain_name(TEMPLATE, number, title)
    assert judge_name(plain) == plain
    assert plain.isascii()


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("p99 over 2 s!", "inc-42-p99-over-2-s"),
        ("ÜBER_Größe", "inc-42-über-größe"),
        ("{slug} {number}", "inc-42-slug-number"),
        ("☃ <!channel>", "inc-42-channel"),
        ("", "inc-42"),
    ],
)
def test_a_title_becomes_a_slug(title: str, name: str) -> None:
    assert room_name(TEMPLATE, 42, title) == name


OURS = our_topic("P1", 42, "p99 over 2 s")


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("", OURS),
        ("call: 4711", f"{OURS} | call: 4711"),
        ("P3 · #42 · disk | call: 4711 | &lt;b&gt;", f"{OURS} | call: 4711 | <b>"),
        ("War room! P3 · #42 · disk | call", f"{OURS} | War room! | call"),
        ("P3 · #421 · another", f"{OURS} | P3 · #421 · another"),
        (OURS, None),
        (f"{OURS} | call", None),
        ("x" * 250, None),
    ],
)
def test_our_part_stands_in_front_and_theirs_is_left_alone(now: str, then: str | None) -> None:
    assert topic(now, OURS, 42) == then


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=250), st.text(max_size=400))
def test_a_topic_fits_and_keeps_what_people_wrote(theirs: str, title: str) -> None:
    said = topic(theirs, our_topic("P0", 7, title), 7)
    if said is not None:
        assert len(said) <= NOTE
        assert topic(said, our_topic("P0", 7, title), 7) is None, "once is enough"
