"""`verb [#id] arguments`: how people write to Muster.

An id is `#42` or `INC-…`. A bare number is an id only as the first word, and only outside a room or
for verbs that take no free text: `note 42 percent left` in a room is a note. Quotes group words.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.domain.errors import Invalid
from bot.domain.ids import read_incident_id

_QUOTED: Final = r'"(?:[^"\\]|\\.)*"|“[^”]*”'
_WORD: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|“([^”]*)”|(\S+)')
_TOKEN: Final = re.compile(rf"(?:--[\w-]+=)?(?:{_QUOTED})|\S+")
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Words:
    """What was said: the first word (lower case), an id where one was given, and the rest.

    `rest` is the text as written, `words` the same with quotes undone.
    """

    verb: str
    number: int | None = None
    words: tuple[str, ...] = ()
    rest: str = ""
    flags: Mapping[str, str] = field(default_factory=dict)


def split_verb(text: str) -> tuple[str, str]:
    """The first word in lower case, and what follows."""
    verb, rest = split_first(text)
    return verb.lower(), rest


def split_first(text: str) -> tuple[str, str]:
    """The first word as it is written, and what follows; any space parts them."""
    first, *rest = text.split(None, 1) or [""]
    return first, rest[0].rstrip() if rest else ""


def read(
    text: str,
    *,
    free_text: bool,
    in_room: bool,
    flags: Mapping[str, bool],
    takes_id: bool = True,
) -> Words:
    """Reads a whole line; `flags` are the verb's (`--name` → whether it takes a value).

    `takes_id` False: the verb knows no incident, `declare 500 errors` begins with a number.

    Raises:
        Invalid: a flag is unknown or lacks its value.
    """
    verb, rest = split_verb(text)
    number = None
    if takes_id:
        first, after = split_first(rest)
        number = read_incident_id(first, bare=not (in_room and free_text))
        rest = rest if number is None else after
    given, rest = _take_flags(rest, flags) if flags else ({}, rest)
    return Words(verb, number, tuple(split_words(rest)), rest, given)


def split_words(text: str) -> list[str]:
    """`a "b c" d` → a, b c, d. An unclosed quote is just a character."""
    words = []
    for quoted, curly, bare in (match.groups() for match in _WORD.finditer(text)):
        if quoted is not None:
            words.append(_ESCAPE.sub(r"\1", quoted))
        else:
            words.append(curly if curly is not None else bare)
    return words


def unquote(text: str) -> str:
    """A text that is quoted as a whole, without its quotes."""
    words = split_words(text)
    return words[0] if len(words) == 1 else text


def _take_flags(rest: str, flags: Mapping[str, bool]) -> tuple[dict[str, str], str]:
    """The flags, and the text without them, otherwise as it was written."""
    given: dict[str, str] = {}
    kept: list[str] = []
    done = 0
    tokens = _TOKEN.finditer(rest)
    for token in tokens:
        if not token[0].startswith("--") or len(token[0]) < 3:
            continue
        kept.append(rest[done : token.start()])
        name, _, value = token[0][2:].partition("=")
        if name not in flags:
            known = ", ".join(f"--{flag}" for flag in flags)
            raise Invalid(f"I don't know --{name} here. Known: {known}.")
        end = token.end()
        if flags[name] and not value:
            following = next(tokens, None)
            if following is None:
                raise Invalid(f"--{name} needs a value.")
            value, end = following[0], following.end()
        given[name] = unquote(value) if value else "yes"
        done = end + len(rest[end:]) - len(rest[end:].lstrip())
    kept.append(rest[done:])
    return given, "".join(kept).strip()


def quote(text: str) -> str:
    """The text as one word, whatever is in it: the opposite of `unquote`."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def nearest(word: str, known: Collection[str]) -> str | None:
    """The known word with at most two letters wrong, if there is one."""
    at_most = 1 if len(word) < 5 else 2
    near = [other for other in known if abs(len(other) - len(word)) <= at_most]
    wrong, best = min(((distance(word, other), other) for other in near), default=(3, None))
    return best if wrong <= at_most else None


def distance(a: str, b: str) -> int:
    """Levenshtein's: letters to add, drop or change."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]
