"""Words of a kind with another, such as `slower` and `sluggish` with `slow`.

They are near each other in the eyes of a model of meaning, which is not asked: `kin.txt` holds what
it said once of each word it knows (all-MiniLM-L6-v2, Apache-2.0; `python -m bench.knowledge.kin`).
The lines are sorted; each is a word and its kin, the nearest first, with cosines in hundredths.
"""

from bisect import bisect_left
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("kin.txt")


def kin(term: str) -> tuple[tuple[str, float], ...]:
    """(term, nearness from 0 to 1), the nearest first; empty for a word that nobody asked about."""
    lines, begins = _lines(), f"{term} "
    place = bisect_left(lines, begins)
    if place == len(lines) or not lines[place].startswith(begins):
        return ()
    _, *found = lines[place].split()
    return tuple((word[:-2], int(word[-2:]) / 100) for word in found)


@cache
def _lines() -> list[str]:
    """Read when the first question comes; a start needs none of it."""
    return FILE.read_text().splitlines()
