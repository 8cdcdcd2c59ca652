"""Whether a sentence about an incident is traced to the lines it points at, and how well.

*Backed* is what an answer must be too (bot.engine.knowledge.support): a run of words of one of the
lines. *Traced* is weaker, since a summary is in words of its own: every number, time and name must
stand in those lines, and so must every other word that is not of the few that tie a report
together. So nothing new can be in it, but it may be put together wrongly; whoever shows it says so.
"""

import re
from collections.abc import Sequence
from typing import Final

from bot.engine.knowledge.support import says_no_more
from bot.engine.knowledge.words import plain_letters, singular

_WORD: Final = re.compile(r"[^\W_]+(?:[._'\u2019:/%+-][^\W_]+)*%?")
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
the their them then there these they this those though through thus time to together too under
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
_PART: Final = re.compile(r"[._:/+-]")
_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\d (\d\d:\d\d) UTC ")
_AT: Final = re.compile(
    r"(?i)^(?:at )?(\d\d?:\d\d)(?: UTC)?,? | at (\d\d?:\d\d)(?: UTC)?(?=[.!]?$)"
)
_COUNTED: Final = "zero one two three four five six seven eight nine ten eleven twelve"
NUMBERS: Final = {word: str(number) for number, word in enumerate(_COUNTED.split())}
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s|\n")


def untraced(sentence: str, lines: str) -> list[str]:
    """The words of the sentence that stand in none of the lines."""
    known = {form for word in _words(lines) for form in (*_forms(word), *_parts(word))}
    return [word for word in _words(sentence) if not _stands(word, known) and not _ties(word)]


def _stands(word: str, known: set[str]) -> bool:
    """Itself, or each of the words it is made of: `payments-api` of the payments api."""
    if known.intersection(_forms(word)):
        return True
    parts = _PART.split(word)
    return len(parts) > 1 and all(
        part.isalpha() and known.intersection(_forms(part)) for part in parts
    )


def _ties(word: str) -> bool:
    return singular(word) in TYING


def traced(sentence: str, lines: str) -> bool:
    """Whether it says nothing that the lines do not say, and something that they do.

    What denies something must be backed; nor may it be what a line denies.
    """
    said, known = set(_words(sentence)), set(_words(lines))
    if not lines or untraced(sentence, lines):
        return False
    if not any(not _ties(word) for word in said & known):
        return False
    return not _turns(said) and not _denied(sentence, lines)


def _denied(sentence: str, lines: str) -> bool:
    """Whether one sentence of the lines says all of this, and denies it."""
    return any(
        _turns(set(_words(known))) and not untraced(sentence, known)
        for known in _SENTENCE.split(lines)
    )


def _turns(words: set[str]) -> bool:
    return any(word in _TURNS or word.endswith("n't") for word in words)


def _words(text: str) -> list[str]:
    return [found[0].lower().removesuffix("'s") for found in _WORD.finditer(plain_letters(text))]


def _forms(word: str) -> set[str]:
    """A word of letters counts in all its endings; what has a digit is itself."""
    if not word.isalpha():
        return {word.removeprefix("0") if ":" in word else word}
    word = singular(word)
    forms = {word, word.removesuffix("e")}
    if word in NUMBERS:
        forms.add(NUMBERS[word])
    for ending in ("ing", "ed", "ly", "ion"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            forms.add(word[: -len(ending)].removesuffix("e"))
    return forms


def _parts(word: str) -> set[str]:
    """The words in a name of several; never the digits of a time, a date or a price."""
    return {form for part in _PART.split(word) if part.isalpha() for form in _forms(part)}


def backed(sentence: str, lines: Sequence[str]) -> bool:
    """Whether it says no more than one of the lines does, at the time of that line if at any."""
    return any(_backed(sentence, line) for line in lines)


def _backed(sentence: str, line: str) -> bool:
    stamp = _STAMP.match(line)
    if stamp is None:
        return says_no_more(sentence, line)
    said = line[stamp.end() :]
    timeless = _AT.sub(
        lambda found: "" if _same(found[1] or found[2], stamp[1]) else found[0], sentence
    )
    return says_no_more(sentence, said) or says_no_more(timeless, said)


def _same(time: str, other: str) -> bool:
    return time.removeprefix("0") == other.removeprefix("0")
