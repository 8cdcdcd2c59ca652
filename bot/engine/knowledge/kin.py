"""Words of a kind with another, such as `slower` and `sluggish` with `slow`.

They are near each other in the eyes of a model of meaning, which is not asked: `kin.txt` holds what
it said once of each word it knows (all-MiniLM-L6-v2, Apache-2.0; `python -m bench.knowledge.kin`).
The lines are sorted; each is a word and its kin, if it has any, the nearest first, with cosines in
hundredths.
"""

from bisect import bisect_left
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("kin.txt")


def kin(term: str) -> tuple[tuple[str, float], ...]:
    """(term, nearness from 0 to 1), the nearest first; empty for a word that nobody asked about."""
    return tuple((word[:-2], int(word[-2:]) / 100) for word in _line(term).split()[1:])


def is_common(term: str) -> bool:
    """Whether it is a word that the model knows whole; codes and most names are not."""
    return bool(_line(term))


def _line(term: str) -> str:
    lines = _lines()
    place = bisect_left(lines, term)
    line = lines[place] if place < len(lines) else ""
    return line if line.partition(" ")[0] == term else ""


@cache
def _lines() -> list[str]:
    """Read when the first question comes; a start needs none of it."""
    return FILE.read_text().splitlines()
