"""What a room is called, and what stands in its topic: pure, and within Slack's rules.

https://docs.slack.dev/reference/methods/conversations.create#naming
"""

import re
import unicodedata
from typing import Final

from bot.cards.clean import clean

NAME: Final = 80
NOTE: Final = 250
"""Characters of a topic or a purpose."""

PARTED: Final = " | "
"""Stands between our part of a topic and what people wrote behind it."""

EDGES: Final = " |"
SHORTEST: Final = 24
"""Where people left us less room than this in the topic, it is all theirs."""

_ODD: Final = re.compile(r"[^\w-]+|_+")
_DASHES: Final = re.compile(r"-{2,}")


def room_name(template: str, number: int, title: str) -> str:
    """The template with `{number}` and `{slug}` filled in: `inc-42-p99-over-2-s`."""
    filled = template.replace("{number}", str(number)).replace("{slug}", slug(title))
    return slug(filled)[:NAME].strip("-") or f"inc-{number}"


def plain_name(template: str, number: int, title: str) -> str:
    """The same in ASCII, for a workspace that takes nothing else."""
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return room_name(template, number, letters)


def slug(text: str) -> str:
    """Small letters and digits of any script, with dashes between."""
    small = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", clean(text)).lower())
    kept = "".join(char for char in small if char == char.lower())
    return _DASHES.sub("-", _ODD.sub("-", kept)).strip("-")


def numbered(name: str, place: int) -> str:
    """The name for the second, third … room that would be called so."""
    ending = f"-{place}"
    return name if place == 1 else name[: NAME - len(ending)].rstrip("-") + ending


def our_topic(severity: str, number: int, title: str) -> str:
    """`P1 · #42 · p99 over 2 s`"""
    line = " ".join(clean(title).split()).translate(_HARMLESS)
    return " · ".join(filter(None, (severity, f"#{number}", line)))


_HARMLESS: Final = str.maketrans({"|": "¦", "<": "\u2039", ">": "\u203a"})


def topic(now: str, ours: str, number: int) -> str | None:
    """The topic with our part in front and everything else as people left it.

    `now` is the topic as Slack tells it. None where nothing is to be changed, or where people left
    no room for us.
    """
    standing, theirs = _unescaped(now), their_part(now, number)
    room = NOTE - len(PARTED) - len(theirs) if theirs else NOTE
    if room < min(SHORTEST, len(ours)):
        return None
    mine = ours if len(ours) <= room else ours[: room - 1].rstrip() + "…"
    whole = f"{mine}{PARTED}{theirs}" if theirs else mine
    return None if whole == standing else whole


def their_part(now: str, number: int) -> str:
    """What people wrote into the topic, without our part."""
    standing = _unescaped(now)
    found = _our_part(number).search(standing)
    if found is None:
        return standing.strip(EDGES)
    sides = standing[: found.start()].strip(EDGES), standing[found.end() :].strip(EDGES)
    return PARTED.join(filter(None, sides))


def _our_part(number: int) -> re.Pattern[str]:
    return re.compile(rf"P[0-4] · #{number}(?: · [^|]*?)?(?=\s*(?:\||$))")


def _unescaped(said: str) -> str:
    return said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
