"""A word that stands in no document, but for one slip is one of operations, is taken for that one.

A slip is a letter left out, put in or swapped with its neighbour. A letter in place of another is
none: `charged` is not `changed`, nor is a printer a pointer. Words that operations has no name for
stay as they are: what looks like a slip may be the name of a thing.
"""

import re
from collections.abc import Collection
from functools import cache
from typing import Final

from bot.engine.knowledge.products import products
from bot.engine.knowledge.thesaurus import meanings
from bot.engine.knowledge.words import terms_of

SHORTEST: Final = 6
"""Letters of a word that may have a slip."""

ENDING: Final = 2
"""Letters at the end that tell words apart (tables, tablets) and are no slip."""

_TYPED: Final = re.compile(r"[a-z]+", re.IGNORECASE)


def respelled(text: str, unknown: Collection[str]) -> str:
    """The text with the words of these terms as they were probably meant; else as it is."""

    def put_right(typed: re.Match[str]) -> str:
        said = terms_of(typed[0])
        slip = said and set(said) <= set(unknown)
        return (_meant(typed[0].lower()) if slip else None) or typed[0]

    return _TYPED.sub(put_right, text) if unknown else text


@cache
def vocabulary() -> frozenset[str]:
    """Words of operations, one and several of each."""
    said = {term for phrase in meanings() for term in phrase} | products()
    known = {word for word in said if len(word) >= SHORTEST - 1 and word.isalpha()}
    return frozenset(known | {f"{word}s" for word in known})


def _meant(typed: str) -> str | None:
    """The word; None where there is none, or it may be one of several."""
    if len(typed) < SHORTEST or typed in vocabulary():
        return None
    near = [
        word
        for word in vocabulary()
        if (word[0], word[-1]) == (typed[0], typed[-1]) and _one_slip(typed, word)
    ]
    return near[0] if len(near) == 1 else None


def _one_slip(one: str, other: str) -> bool:
    if len(one) == len(other):
        return any(
            one[:place] + one[place : place + 2][::-1] + one[place + 2 :] == other
            for place in range(len(one) - 1)
        )
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return len(longer) == len(shorter) + 1 and any(
        longer[:place] + longer[place + 1 :] == shorter for place in range(1, len(longer) - ENDING)
    )
