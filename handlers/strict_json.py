"""JSON as the doors accept it: strict, shallow, and free of what a database cannot keep.

RFC 8259, and further: at most 64 levels; no NaN, no Infinity, no number that overflows; integers
past 64 bits become their exact text; NUL and lone surrogates become U+FFFD; of equal keys the last
wins; a byte order mark is skipped. A plain body costs one orjson.loads and two scans of its bytes.
"""

import json
import re
from math import isinf
from typing import Any, Final

import orjson

from bot.domain.errors import Unreadable

DEPTH: Final = 64

_BOM: Final = b"\xef\xbb\xbf"
_NUL: Final = b"\\u0000"
_DIGITS_AS_ZEROS: Final = bytes(48 if 48 <= byte <= 57 else 32 for byte in range(256))
_LONG_NUMBER: Final = b"0" * 19  # 2**63 has 19 digits
_CONTAINERS: Final = frozenset({dict, list})
_UNKEEPABLE: Final = re.compile("[\x00\ud800-\udfff]")
_INTEGERS: Final = range(-(2**63), 2**64)


def decode(body: bytes) -> Any:
    """The value.

    Raises:
        Unreadable: it is not JSON, or not of the kind described above; says why.
    """
    if body.startswith(_BOM):
        body = body[len(_BOM) :]
    if _has_nul(body) or _LONG_NUMBER in body.translate(_DIGITS_AS_ZEROS):
        return _decode_with_care(body)
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:  # may be no more than a lone surrogate
        return _decode_with_care(body)
    if body.count(b"[") + body.count(b"{") > DEPTH:
        _refuse_depth(value)
    return value


def _has_nul(body: bytes) -> bool:
    first = body.find(b"\\")  # a single byte is found much faster than six
    return first >= 0 and body.find(_NUL, first) >= 0


def _decode_with_care(body: bytes) -> Any:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(f"The body is not UTF-8 (byte {error.start}).") from None
    if not text.strip():
        raise Unreadable("The body is empty; send JSON.")
    try:
        value = json.loads(
            text, parse_int=_integer, parse_float=_fraction, parse_constant=_refuse_constant
        )
    except json.JSONDecodeError as error:
        raise Unreadable(f"The body is not JSON: {error}.") from None
    except RecursionError:
        raise _too_deep() from None
    _refuse_depth(value)
    return _keepable(value)


def _integer(digits: str) -> int | str:
    if len(digits) > 20:
        return digits
    number = int(digits)
    return number if number in _INTEGERS else digits


def _fraction(digits: str) -> float:
    number = float(digits)
    if isinf(number):
        raise Unreadable(f"The number {digits[:40]} is too large.")
    return number


def _refuse_constant(word: str) -> None:
    raise Unreadable(f"{word} is not JSON.")


def _refuse_depth(value: Any) -> None:
    level = [value] if type(value) in _CONTAINERS else []
    for _ in range(DEPTH):
        level = [
            child
            for node in level
            for child in (node.values() if type(node) is dict else node)
            if type(child) in _CONTAINERS
        ]
        if not level:
            return
    raise _too_deep()


def _too_deep() -> Unreadable:
    return Unreadable(f"The JSON is nested too deeply; {DEPTH} levels are allowed.")


def _keepable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNKEEPABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_keepable(item) for item in value]
    if isinstance(value, dict):
        return {_keepable(key): _keepable(item) for key, item in value.items()}
    return value
