"""How people write: ids, quotes, flags, and whatever else a keyboard can make."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.grammar import nearest, quote, read, split_verb, split_words, unquote
from bot.domain.errors import Invalid, UserError
from bot.domain.ids import read_incident_id

FLAGS = {"severity": True, "doing": True, "private": False}


def number(text: str, *, free_text: bool = False, in_room: bool = False) -> int | None:
    return read(text, free_text=free_text, in_room=in_room, flags={}).number


@pytest.mark.parametrize(
    ("text", "free_text", "in_room", "expected"),
    [
        ("ack #42", False, False, 42),
        ("ack #42", True, True, 42),
        ("ack INC-20260105-00042", True, True, 42),
        ("ack inc-20260105-1234567", False, False, 1_234_567),
        ("ack 42", False, False, 42),
        ("ack 42", False, True, 42),
        ("note 42 percent left", True, False, 42),
        ("note 42 percent left", True, True, None),
        ("note disk is at 42", True, False, None),
        ("ack", False, False, None),
        ("ack #", False, False, None),
        ("ack #42x", False, False, None),
        ("ack \uff14\uff12", False, False, None),
        ("ack -42", False, False, None),
        ("ack INC-20260105-42", False, False, None),
    ],
)
def test_what_is_an_id(text: str, free_text: bool, in_room: bool, expected: int | None) -> None:
    assert number(text, free_text=free_text, in_room=in_room) == expected


@pytest.mark.parametrize("digits", ["9" * 16, "9" * 25, "9" * 5_000])
def test_a_number_no_incident_can_have_is_no_id(digits: str) -> None:
    for text in (f"#{digits}", f"INC-20260105-{digits}", digits):
        assert read_incident_id(text, bare=True) is None


@pytest.mark.parametrize("space", [" ", "  ", "\t", "\n", "\u00a0", "\r\n"])
def test_any_space_parts_the_verb_from_the_rest(space: str) -> None:
    assert split_verb(f" ACK{space}#42 ") == ("ack", "#42")
    assert number(f"note{space}#42{space}text", free_text=True, in_room=True) == 42


def test_the_rest_is_kept_as_it_was_written() -> None:
    said = read("note #42 first line\n  second   line", free_text=True, in_room=True, flags={})
    assert said.rest == "first line\n  second   line"


def test_flags_are_taken_out_and_leave_the_text_as_it_was() -> None:
    said = read(
        "update #42 one\ntwo  --severity P1 three", free_text=True, in_room=True, flags=FLAGS
    )
    assert said.rest == "one\ntwo  three"
    assert said.flags == {"severity": "P1"}


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ('x --doing "restart it"', {"doing": "restart it"}),
        ('x --doing="restart it"', {"doing": "restart it"}),
        ("x --doing “restart it”", {"doing": "restart it"}),
        ("x --doing=restart", {"doing": "restart"}),
        ('x --doing "say \\"no\\""', {"doing": 'say "no"'}),
        ("x --private --severity P0", {"private": "yes", "severity": "P0"}),
    ],
)
def test_flags(text: str, flags: dict[str, str]) -> None:
    said = read(f"declare {text}", free_text=True, in_room=False, flags=FLAGS)
    assert (said.rest, said.flags) == ("x", flags)


@pytest.mark.parametrize("text", ["a -- b", 'say "--private is off"', "-x", "a--private"])
def test_what_is_no_flag_stays(text: str) -> None:
    said = read(f"declare {text}", free_text=True, in_room=False, flags=FLAGS)
    assert (said.rest, said.flags) == (text, {})


@pytest.mark.parametrize("text", ["x --sevrity P1", "x --severity", "--privat x"])
def test_an_unknown_flag_or_one_without_its_value_asks(text: str) -> None:
    with pytest.raises(Invalid):
        read(f"declare {text}", free_text=True, in_room=False, flags=FLAGS)


def test_quotes_group_words() -> None:
    assert split_words('a "b c" “d e” f') == ["a", "b c", "d e", "f"]
    assert split_words('"a \\"b\\"" c') == ['a "b"', "c"]
    assert split_words('an "unclosed quote') == ["an", '"unclosed', "quote"]
    assert unquote('"the whole"') == "the whole"
    assert unquote('"a" and "b"') == '"a" and "b"'


@pytest.mark.parametrize(
    ("word", "meant"),
    [("resovle", "resolve"), ("akc", None), ("ak", "ack"), ("stat", "start"), ("payments", None)],
)
def test_the_nearest_verb(word: str, meant: str | None) -> None:
    assert nearest(word, ["ack", "resolve", "start", "severity"]) == meant


@pytest.mark.timeout(5)
def test_a_very_long_word_costs_nothing() -> None:
    verbs = [f"verb{n}" for n in range(100)]
    assert nearest("x" * 100_000, verbs) is None


@given(st.text())
def test_what_is_quoted_is_one_word_again(text: str) -> None:
    assert unquote(quote(text)) == text
    assert split_words(f"a {quote(text)} b") == ["a", text, "b"]


@given(st.text(), st.booleans(), st.booleans())
def test_any_text_is_read_or_refused_in_words(text: str, free_text: bool, in_room: bool) -> None:
    try:
        said = read(text, free_text=free_text, in_room=in_room, flags=FLAGS)
    except UserError:
        return
    assert said.verb == said.verb.lower()
    assert said.number is None or 0 <= said.number < 10**15


@given(st.text(alphabet='ab "“”\\-=#\n\t1', max_size=60))
def test_text_made_of_our_own_signs_is_read_or_refused_in_words(text: str) -> None:
    with suppress(UserError):
        read(text, free_text=True, in_room=False, flags=FLAGS)
