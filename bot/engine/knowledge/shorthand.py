"""A question as it is typed in chat, without what belongs to the chat and not to the question.

Mentions, emoji codes and addresses; words of politeness; the lines of a stack trace and the stamps
of a log, which would crowd out the words that tell. What is left is looked for; the text that a
person reads stays as it was.
"""

import re
from collections.abc import Iterable
from typing import Final

_SAID: Final = """
b4=before w/o=without w/=with bc=because cuz=because coz=because cos=because
u=you ur=your r=are ppl=people sb=somebody sth=something smth=something
pls= plz= please= thx= tnx= thanks= ty= tia= cheers= ta=
lol= rofl= lmao= omg= wtf= wth= ffs= argh= ugh= hmm= oops= yikes=
fyi= afaik= afaict= iirc= imo= imho= btw= idk= tbh= atm= rn= asap= eta= tldr= ofc=
hey= heya= hi= hello= yo= folks= gang=
gonna= wanna= gotta= dunno= anyone= any1= every1= some1= anybody=
"""
WORDS: Final = dict(pair.split("=", 1) for pair in _SAID.split())
"""What is typed → the word for it, or nothing."""

_MARKED: Final = (
    (re.compile(r"<(?:[@#!][^<>|]*)\|([^<>]*)>"), r" \1 "),  # Slack's names of people and rooms
    (re.compile(r"<[@!#][^<>]*>|<at\b[^<>]*>[^<>]*</at>"), " "),
    (re.compile(r"<https?://[^<>|\s]*\|([^<>]*)>"), r" \1 "),
    (re.compile(r"<?https?://\S+"), " "),
    (re.compile(r"(?<![\w:]):[a-z][a-z0-9_+'-]*:(?![\w:])"), " "),  # :fire:
    (re.compile(r"(?<![\w.])@[\w.-]+"), " "),
)
_TRACE: Final = re.compile(
    r"^\s*(?:at\s+[\w$.<>/]+\s*\(.*\)|File \"[^\"]*\", line \d+.*|\.{3}\s*\d+ more|"
    r"Traceback \(most recent call last\):|goroutine \d+ \[.*|[\w/.@-]+\.go:\d+.*|"
    r"#\d+\s+0x[0-9a-f]+.*|from \S+:\d+:in .*)\s*$",
    re.IGNORECASE,
)
_STAMPS: Final = re.compile(
    r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?\b|"
    r"\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b|"
    r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b0x[0-9a-f]+\b|"
    r"\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{12,}\b|"
    r"\b(?:10|127|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}(?::\d+)?\b",
    re.IGNORECASE,
)
_ENDING: Final = re.compile(r"(?<=\w)['\u2019](?:d|ed|ing|s|ll|ve|re|m)\b", re.IGNORECASE)
_TYPED: Final = re.compile(r"(?<![\w/])(?:[a-z]+\d?|w/o?)(?![\w/.-])", re.IGNORECASE)


def written_out(text: str) -> str:
    """The same question in plain words; as it was, if nothing of it would be left."""
    kept = "\n".join(_without_traces(text.splitlines()))
    for marked, said in _MARKED:
        kept = marked.sub(said, kept)
    kept = _ENDING.sub("", _STAMPS.sub(" ", kept))
    kept = _TYPED.sub(lambda found: WORDS.get(found[0].lower(), found[0]), kept)
    kept = " ".join(kept.split())
    return kept if any(char.isalnum() for char in kept) else text


def _without_traces(lines: Iterable[str]) -> Iterable[str]:
    return (line for line in lines if not _TRACE.match(line))
