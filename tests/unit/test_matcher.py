"""Matchers, silences and inhibitions: which labels they speak of."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Invalid
from bot.domain.matcher import Matcher
from bot.domain.policy import Inhibition
from bot.domain.silence import GROUP_LABEL, Silence, check_length, check_matchers
from bot.engine.silences import group_matchers

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
LABELS = {"service": "payments", "env": "prod"}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('service="payments"', True),
        ("service=payments", True),
        ('service!="payments"', False),
        ('service=~"pay.*"', True),
        ('service=~"pay"', False),  # a pattern matches the whole value
        ('service!~"pay.*"', False),
        ('team=""', True),
        ('team!=""', False),
    ],
)
def test_a_matcher_holds_as_in_alertmanager(text, holds):
    assert Matcher.parse(text).matches(LABELS) is holds


@pytest.mark.parametrize("text", ["", "service", "=x", 'service=~"("', "a b=c"])
def test_what_is_no_matcher_says_what_is_wrong(text):
    with pytest.raises(ValueError, match=r"matcher|regular"):
        Matcher.parse(text)


@given(st.text(max_size=60))
def test_a_matcher_that_is_written_down_reads_the_same(value):
    matcher = Matcher.of("name", "=", value)

    assert Matcher.parse(str(matcher)) == matcher


def test_a_pattern_made_to_be_slow_is_not():
    evil = Matcher.parse('a=~"(x+x+)+y"')

    assert evil.matches({"a": "x" * 10_000}) is False


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=4, unique=True))
def test_a_group_silence_covers_exactly_its_groups(keys):
    silence = Silence(
        id=1,
        matchers=group_matchers(keys),
        starts_at=NOW,
        ends_at=NOW + timedelta(hours=1),
        created_by="ann",
    )

    assert all(silence.hides({}, key, NOW) for key in keys)
    assert not silence.hides({}, "".join(keys) + "x", NOW)
    assert not silence.hides({GROUP_LABEL: keys[0]}, "another", NOW)


@pytest.mark.parametrize("texts", [[], ['team=""'], ['a!="x"', 'b=~".*"']])
def test_a_silence_that_would_hide_everything_is_refused(texts):
    with pytest.raises(Invalid, match="names a value"):
        check_matchers(tuple(Matcher.parse(text) for text in texts))


@pytest.mark.parametrize("length", [timedelta(0), timedelta(days=-1), timedelta(days=7, seconds=1)])
def test_a_silence_always_ends_within_a_week(length):
    with pytest.raises(Invalid):
        check_length(NOW, NOW + length)


def test_an_inhibition_hides_its_target_but_never_its_own_source():
    rule = Inhibition.model_validate(
        {"source": {"alertname": "Down"}, "target": {"dc": "a"}, "equal": ["dc"]}
    )
    source = {"alertname": "Down", "dc": "a"}
    target = {"alertname": "Slow", "dc": "a"}

    assert rule.hides(target)
    assert not rule.hides(source)
    assert rule.key("r", source) == rule.key("r", target) != rule.key("r", {"dc": "b"})
