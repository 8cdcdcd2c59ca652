"""Whether a sentence says no more than a quotation does. By its words; no model judges a model.

The words of the sentence must stand in one sentence of the quotation, one after the other: so no
number, name or cause is new, and nobody does what another did. What makes a statement less than
true (`not`, `tried`, `if`) may be neither added nor left out. So cutting off a beginning or an end
is all that may be done; whoever says it in other words is not believed, however right they are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.engine.knowledge.words import plain_letters, singular

SHORTEST: Final = 12
"""Characters of a quotation; what is shorter supports nothing."""

FEWEST: Final = 2
"""Words that a sentence needs to say something."""

LONGEST: Final = 900
"""Characters of a sentence of a document; what is longer is a table or a log."""

_WORD: Final = re.compile(r"[^\W_]+(?:[._'\u2019:/%+-][^\W_]+)*%?|%")
_GLUE: Final = frozenset(["a", "an", "the", "also", "then", "so", "and"])
"""Words that say nothing by themselves, so that they may come and go."""

_TURNING: Final = """
not no never none nor neither without cannot nothing nobody nowhere unless if whether hardly
barely almost nearly scarcely might may could should would can must try tried tries attempt
attempted fail failed fails failing avoid avoided instead rather refuse refused unable deny denied
false falsely wrong wrongly incorrect incorrectly prevent prevented except unlikely suspect
suspected maybe perhaps possibly probably supposed supposedly allegedly plan planned hope hoped
want wanted intend intended consider considered propose proposed stop stopped cease ceased untrue
myth rumour rumor claim claimed claims assume assumed believed thought initially wrongfully
hypothesis theory however but lie lied pretend pretended
"""
_TURNS: Final = frozenset(_TURNING.split())
"""Words that turn what is said, or hedge it."""

_NOT: Final = re.compile(r"n['\u2019]t$")
_STOP: Final = re.compile(r"[.!?][\"')\]]*(?=\s|$)|\n\s*\n|\n(?=\s*(?:[-*+•#>|]|\d+[.)]))")


@dataclass(frozen=True, slots=True)
class Word:
    """`turns`: it may be neither added nor left out."""

    stem: str
    turns: bool = False


def supported(sentence: str, quote: str, text: str) -> bool:
    """Whether the quotation stands in the text, and the sentence says no more than it does.

    What stands around the quotation in the same sentence of the text counts with it: nobody can
    quote away a `not`.
    """
    if len(quote.strip()) < SHORTEST or quote not in text:
        return False
    return any(
        says_no_more(sentence, text[start:end]) for start, end in _whole_sentences(quote, text)
    )


def _whole_sentences(quote: str, text: str) -> Iterator[tuple[int, int]]:
    """The sentences that each place of the quotation lies in, from the first to the last."""
    at = text.find(quote)
    while at >= 0:
        begin, end = 0, len(text)
        for stop in _STOP.finditer(text):
            if stop.end() <= at + _led(quote):
                begin = stop.end()
            elif stop.end() >= at + len(quote.rstrip()):
                end = stop.end()
                break
        if end - begin <= LONGEST + len(quote):
            yield begin, end
        at = text.find(quote, at + 1)


def _led(quote: str) -> int:
    return len(quote) - len(quote.lstrip())


def says_no_more(sentence: str, said: str) -> bool:
    """Whether each of its parts is a run of words of one sentence of `said`, with all its turns."""
    claims = [list(_words(part)) for part in _STOP.split(sentence) if part.strip()]
    known = [list(_words(part)) for part in _STOP.split(said) if part.strip()]
    return bool(claims) and all(any(_covers(one, claim) for one in known) for claim in claims)


def _covers(known: list[Word], claim: list[Word]) -> bool:
    if sum(not word.turns for word in claim) < FEWEST:
        return False
    runs = (known[at : at + len(claim)] for at in range(len(known) - len(claim) + 1))
    return _turns(known) == _turns(claim) and any(run == claim for run in runs)


def _turns(words: list[Word]) -> list[str]:
    return sorted(word.stem for word in words if word.turns)


def _words(text: str) -> Iterator[Word]:
    for found in _WORD.finditer(plain_letters(text)):
        word = found[0].lower().removesuffix("'s").removesuffix("\u2019s")
        if _NOT.search(word):
            yield Word("not", turns=True)
            word = _NOT.sub("", word)
            if word in {"", "ca", "wo", "do", "does", "did", "is", "was", "were", "are"}:
                continue
        if word in _TURNS:
            yield Word("not" if word in {"no", "cannot"} else word, turns=True)
        elif word not in _GLUE:
            yield Word(_stem(word))


def _stem(word: str) -> str:
    """`restarted`, `restarts`, `restarting` are one; numbers and identifiers are themselves."""
    if not word.isalpha() or len(word) < 5:
        return singular(word)
    word = singular(word)
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    return word.removesuffix("e")


def verbatim(quote: str, text: str) -> str:
    """The quotation as it stands in the text, whatever its spaces and line ends; else nothing."""
    said = quote.strip()
    if said in text:
        return said
    words = [re.escape(word) for word in said.split()]
    found = re.search(r"\s+".join(words), text) if words else None
    return found[0] if found else ""
