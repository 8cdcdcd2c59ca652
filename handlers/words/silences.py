"""Conditions of a silence as people write them, and the line that makes one without asking."""

import re
from collections.abc import Sequence
from typing import Final

from bot.chat.grammar import quote
from bot.domain.errors import Invalid
from bot.domain.matcher import Matcher

CONFIRMED: Final = "yes"
"""The flag that says: I have seen what it would have hit."""

_BETWEEN: Final = ", \t\r\n"
_SIGNS: Final = ("=", "!~")
_MATCHER: Final = re.compile(r'[\w.:/-]+\s*(?:=~|!~|!=|=)\s*(?:"(?:[^"\\]|\\.)*"|[^\s,"]+)')


def leading_matchers(text: str) -> tuple[list[Matcher], str]:
    """`service="a b", env!=dev 2h` → two matchers, and what follows; a phone's quotes are quotes.

    Raises:
        Invalid: the next thing looks like a condition and is none.
    """
    text = text.replace("“", '"').replace("”", '"')
    matchers, rest = [], text.lstrip(_BETWEEN)
    while found := _MATCHER.match(rest):
        matchers.append(_matcher(found[0]))
        rest = rest[found.end() :].lstrip(_BETWEEN)
    following, *_ = rest.split(None, 1) or [""]
    if any(sign in following for sign in _SIGNS):
        raise _no_condition(following)
    return matchers, rest


def read_matchers(text: str) -> list[Matcher]:
    """The conditions, and nothing else.

    Raises:
        Invalid: something in it is none.
    """
    matchers, rest = leading_matchers(text)
    if rest:
        raise _no_condition(rest)
    return matchers


def confirmed_line(matchers: Sequence[Matcher], length: str, comment: str) -> str:
    """The command that makes it at once, for whoever has seen what it would have hit."""
    said = ["silence", *map(str, matchers), length, quote(comment) if comment else ""]
    return " ".join([*filter(None, said), f"--{CONFIRMED}"])


def _matcher(text: str) -> Matcher:
    try:
        return Matcher.parse(text)
    except ValueError as wrong:
        raise Invalid(str(wrong), field="matchers") from None


def _no_condition(text: str) -> Invalid:
    return Invalid(
        f'{text[:60]!r} is no condition; write for example service="api".', field="matchers"
    )
