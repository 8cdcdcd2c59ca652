"""Nothing said outside mentions anybody, forges a link, hides or tears a token apart."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.clean import clean
from bot.domain.card import plain
from bot.platforms.slack import blocks, escape
from tests.fakes.cards import ATTACKS

PIECES = st.one_of(st.text(max_size=20), st.sampled_from(ATTACKS), st.sampled_from("<>&|*_~`\n"))
WORDS = st.lists(PIECES, max_size=12).map("".join)


@pytest.mark.parametrize("attack", ATTACKS)
def test_foreign_words_are_no_tokens(attack: str) -> None:
    said = escape.foreign(attack)
    assert not re.search("[<>]", said)
    assert said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == attack


@pytest.mark.parametrize("attack", ATTACKS)
def test_foreign_words_in_our_own_sentence_are_no_tokens(attack: str) -> None:
    assert "<" not in escape.markdown(f"**{plain(attack)}** said {plain(attack)}")


def test_what_cannot_be_seen_is_taken_out() -> None:
    assert clean("pay\u200bm\u2060ents\ufeff") == "payments"
    assert "\u202e" not in clean("a\u202eb")
    assert clean("\U000e0041x") == "x"


def test_joiners_stay_where_a_script_needs_them() -> None:
    assert clean("क्\u200dष") == "क्\u200dष"
    assert clean("👩\u200d🚒") == "👩\u200d🚒"
    assert clean("ad\u200dmin") == "admin"


def test_our_own_markdown_is_dressed() -> None:
    assert escape.markdown("**All clear** by *ann*, `x<y`") == "*All clear* by _ann_, `x&lt;y`"


def test_a_foreign_name_is_not_dressed() -> None:
    assert escape.foreign("node_exporter is *down*") == "node_exporter is *\u2060down*"


def test_a_link_shows_where_it_goes_if_its_label_pretends_to_be_an_address() -> None:
    forged = escape.link("https://bank.example", "https://evil.example/a b|c>")
    assert forged == "https://bank.example (<https://evil.example/a%20b%7Cc%3E>)"


def test_a_link_is_a_link() -> None:
    assert escape.link("Runbook <1>", "https://r.example/?a=1&b=2") == (
        "<https://r.example/?a=1&amp;b=2|Runbook &lt;1&gt;>"
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "/path", "https://", "http://[", ""])
def test_an_address_that_is_none_leaves_the_label(url: str) -> None:
    assert escape.link("here", url) == "here"


def test_a_moment_is_shown_in_the_readers_zone_and_says_utc_elsewhere() -> None:
    at = datetime(2026, 1, 5, 9, 0, 7, tzinfo=UTC)
    assert escape.moment(at) == (
        "<!date^1767603607^{date_short_pretty} {time_secs}|2026-01-05 09:00:07 UTC>"
    )


@given(WORDS, st.integers(min_value=1, max_value=60))
def test_a_cut_tears_nothing_apart(words: str, limit: int) -> None:
    whole = escape.foreign(words) + escape.link("label", "https://a.example") + "&amp;"
    said = escape.cut(whole, limit)
    assert len(said) <= limit
    kept = said.removesuffix("…")
    assert whole.startswith(kept)
    assert not re.search(r"<[^>]*$|&[a-z]{0,3}$", kept)


@given(WORDS.filter(str.strip), st.integers(min_value=30, max_value=80))
def test_parts_hold_everything_and_fit(words: str, limit: int) -> None:
    whole = escape.foreign(words)
    parts = escape.split(whole, limit, most=1_000)
    assert all(0 < len(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(whole.split())


def test_more_parts_than_fit_end_with_a_sign() -> None:
    parts = escape.split("\n".join("abcdefghi" for _ in range(10)), 20, most=2)
    assert [len(parts), parts[-1][-1]] == [2, "…"]


@given(WORDS)
def test_foreign_words_never_hold_a_control_character(words: str) -> None:
    assert not re.search("[<>]|&(?!amp;|lt;|gt;)", escape.foreign(words))


TURNED = ("\u202e", "\u2066", "\u2069", "\u200f", "\u061c")
"""Characters that turn the direction of writing: `gpj.exe` reads as `exe.jpg`."""


@pytest.mark.parametrize("turn", TURNED)
def test_nothing_turns_the_direction_of_writing(turn: str) -> None:
    attack = f"pay{turn}stnem"
    for said in (
        escape.escape(attack),
        escape.foreign(attack),
        escape.one_line(attack),
        escape.markdown(f"**{attack}** {attack}"),
        escape.link(attack, "https://r.example"),
        escape.link("here", f"https://r.example/{turn}"),
        blocks.plain(attack, 150)["text"],
    ):
        assert turn not in said


def test_a_bar_in_a_label_ends_no_link() -> None:
    assert escape.link("a|b", "https://r.example") == "<https://r.example|a¦b>"
