"""Whether a sentence about an incident is traced to the lines it points at.

Weaker than what an answer needs (bot.engine.knowledge.support), since a summary must be in words of
its own: every number, time and name must stand in those lines, and so must every other word that
is not of the few that tie a report together. So nothing new can be in it, though it may be
put together wrongly: whoever reads it sees which lines it is from.
"""

import re
from typing import Final

from bot.engine.knowledge.words import plain_letters, singular

_WORD: Final = re.compile(r"[^\W_]+(?:[._'\u2019:/%+-][^\W_]+)*")
_TYING: Final = """
a about above according across after again against all also although among an and any are around
as at back be became because become been before began begin being below between both but by came
can cannot cause caused causes causing changed clear cleared continue continued could currently
did do does done due during each either end ended ending even every far few first followed
following for found from further gave had happened has have having he her here him his how however
if impact impacted in incident into is it its itself just last later least led less likely made
make many may meanwhile might more most much must near nearly need next no nobody none nor not
nothing now occurred of off on once one only or other others our out over own part people perhaps
possible possibly probably rather reported resolve resolved result resulted said same say says see
seem seems several she should show showed since so some soon started still stopped such than that
the their them then there these they this those though through thus time to together too two under
unknown until up upon us very via was we were what when where whether which while who whole whose
why will with within without would yet you your affect affected affecting alert alerts cause
contributing factor detected fix fixed investigate investigated investigating mitigate mitigated
root service state status timeline work worked working trigger triggered user users customer
customers increase increased decrease decreased return returned normal issue problem failure error
errors
"""
TYING: Final = frozenset(singular(word) for word in _TYING.split())
"""Words that tie a report together and name nothing."""

_TURNS: Final = frozenset(("not", "no", "never", "none", "nobody", "nothing", "without", "cannot"))
ENOUGH: Final = 1
"""Words of the lines that a sentence must hold, to be about them."""


def untraced(sentence: str, lines: str) -> list[str]:
    """The words of the sentence that stand in none of the lines."""
    known = {form for word in _words(lines) for form in _forms(word)}
    return [
        word
        for word in _words(sentence)
        if not known.intersection(_forms(word)) and singular(word) not in TYING
    ]


def traced(sentence: str, lines: str) -> bool:
    """Whether it says nothing that the lines do not say, and something that they do."""
    said, known = set(_words(sentence)), set(_words(lines))
    if not lines or untraced(sentence, lines):
        return False
    if said & _TURNS and not known & _TURNS:
        return False
    return sum(1 for word in said & known if singular(word) not in TYING) >= ENOUGH


def _words(text: str) -> list[str]:
    return [found[0].lower().removesuffix("'s") for found in _WORD.finditer(plain_letters(text))]


def _forms(word: str) -> set[str]:
    """A word of letters counts in all its endings; what has a digit is itself, and its parts."""
    if not word.isalpha():
        return {word, *(part for part in re.split(r"[._:/+-]", word) if len(part) > 1)}
    word = singular(word)
    forms = {word}
    for ending in ("ing", "ed", "ly", "ion"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            forms.add(word[: -len(ending)].removesuffix("e"))
    forms.add(word.removesuffix("e"))
    return forms
