"""From text to terms: the same analysis for documents and for questions.

Identifiers are indexed whole and in parts (`KubePodCrashLooping` → the whole, kube, pod, crash,
looping), so that people find an alert by its name and by what it says. Of endings only the plural's
is cut (Harman, "How effective is suffixing?", JASIS 1991): cutting more found less.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final
from unicodedata import combining, normalize

LONGEST: Final = 40
"""Letters of a term; what is longer is a hash or a token, and nobody asks for it."""

_WORD: Final = re.compile(r"[^\W_]+(?:[._'-][^\W_]+)*")
_PART: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_NUMBER: Final = re.compile(r"\d+")

_COMMON: Final = """
a about after again all also am an and any are as at be because been before being both but by
can could did do does doing don during each ever every few for from further get gets getting
give given go goes going got had has have having he her here hers him his how i if in into is
it its itself just keep keeps let like ll me more most my myself new no nor not now of off on
once one only onto or other our ours out over own please re s same say says see seen she should
so some still such t than that the their theirs them then there these they this those through
to too under until up us ve very was way we well went were what when where which while who whom
whose why will with would yet you your yours anybody anyone somebody someone everybody everyone
thing things something anything nothing happen happens happened happening know known does else
hit hits time times last previously previous past earlier kind sort tell told want wanted need
needs help thanks hi hello team guys folks today yesterday tonight week month already maybe
really actually around make makes made fix fixes fixed fixing solve solved case cases
"""
COMMON: Final = frozenset(_COMMON.split())
"""Words that find everything; an index chokes on them, and they tell nothing."""


def singular(word: str) -> str:
    """A word in lower case without the ending of its plural."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def plain_letters(text: str) -> str:
    """Without accents."""
    if text.isascii():
        return text
    return "".join(char for char in normalize("NFKD", text) if not combining(char))


def terms(text: str) -> Iterator[str]:
    """The terms of a text, in order; common words are left out."""
    for found in _WORD.finditer(plain_letters(text)):
        yield from terms_of(found[0])


@lru_cache(maxsize=50_000)
def terms_of(word: str) -> tuple[str, ...]:
    """The terms of one word as it is written: itself, and its parts where it has several."""
    lowered = word.lower().removesuffix("'s")
    if lowered in COMMON or len(lowered) > LONGEST * 2:
        return ()
    parts = _PART.findall(word)
    if len(parts) < 2 or (len(parts) == 2 and _NUMBER.fullmatch(lowered.replace(".", ""))):
        return (singular(lowered),) if len(lowered) <= LONGEST else ()
    whole = re.sub(r"[._'-]", "", lowered)
    pieces = [p.lower() for p in parts if len(p) > 1]
    kept = [singular(p) for p in pieces if p not in COMMON]
    first = (whole,) if len(whole) <= LONGEST else ()
    return tuple(dict.fromkeys((*first, *kept)))
