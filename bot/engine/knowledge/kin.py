"""Words of a kind with another, such as `slower` and `sluggish` with `slow`.

They are near each other in the eyes of a model of meaning, which is not asked: `kin.txt` holds what
it said once of each word it knows (all-MiniLM-L6-v2, Apache-2.0; `python -m bench.knowledge.kin`).
A line is a word and its kin, the nearest first, each with its cosine in hundredths.
"""

from functools import cache, lru_cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("kin.txt")


@lru_cache(maxsize=4096)
def kin(term: str) -> tuple[tuple[str, float], ...]:
    """(term, nearness from 0 to 1), the nearest first; empty for a word that nobody asked about."""
    lines = _lines()
    start = lines.find(f"\n{term} ".encode())
    if start < 0:
        return ()
    _, *found = lines[start + 1 : lines.index(b"\n", start + 1)].decode().split()
    return tuple((word[:-2], int(word[-2:]) / 100) for word in found)


@cache
def _lines() -> bytes:
    """Read when the first question comes; a start needs none of it."""
    return b"\n" + FILE.read_bytes()
