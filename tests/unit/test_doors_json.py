"""What counts as JSON at a door."""

import gzip
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Unreadable
from handlers.strict_json import DEPTH, decode


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"{}", {}),
        (b" [1, 2.5, true, null]\n", [1, 2.5, True, None]),
        (b"\xef\xbb\xbf{}", {}),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b"18446744073709551615", 2**64 - 1),
        (b"18446744073709551616", "18446744073709551616"),
        (b"-9223372036854775808", -(2**63)),
        (b"-9223372036854775809", "-9223372036854775809"),
        (b"[123456789012345678901234567890]", ["123456789012345678901234567890"]),
        (b"1" * 5_000, "1" * 5_000),
        (b"0." + b"1" * 5_000, 0.1111111111111111),
        (rb'"a\u0000b"', "a\ufffdb"),
        (rb'"\\u0000"', "\\u0000"),
        (rb'"\ud800"', "\ufffd"),
        (rb'{"\udfff":"\ud83d\ude00"}', {"\ufffd": "\U0001f600"}),
        (b"[" * DEPTH + b"]" * DEPTH, None),
        (b'"' + b"[" * 500 + b'"', "[" * 500),
    ],
)
def test_it_is_read(body: bytes, value: Any) -> None:
    read = decode(body)
    if value is not None:
        assert read == value
        assert type(read) is type(value)
    orjson.dumps(read)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"{", "not JSON"),
        (b"{} {}", "not JSON"),
        (b"{'a': 1}", "not JSON"),
        (b"[1,]", "not JSON"),
        (b'"a\tb"', "not JSON"),
        (b"01", "not JSON"),
        (b"NaN", "NaN"),
        (b"[Infinity]", "Infinity"),
        (b"[-Infinity]", "Infinity"),
        (b"1e999", "too large"),
        (b"\xff", "UTF-8"),
        (b'"\xed\xa0\x80"', "UTF-8"),
        ("{}".encode("utf-16"), "UTF-8"),
        (gzip.compress(b"{}", mtime=0), "UTF-8"),
        (b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1), "deep"),
        (b'{"a":' * 200 + b"1" + b"}" * 200, "deep"),
        (b"[" * 100_000, "deep"),
        (b"[" * 100_000 + b"]" * 100_000, "deep"),
        (b"<html></html>", "not JSON"),
    ],
)
def test_it_is_refused_with_a_sentence(body: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        decode(body)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        decode(body)
    except Unreadable:
        return


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**64 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
        lambda inner: st.lists(inner) | st.dictionaries(st.just("k") | st.just("l"), inner),
        max_leaves=10,
    )
)
def test_what_was_written_is_read(value: Any) -> None:
    assert decode(orjson.dumps(value)) == value
