"""What is wrong with a setting that only its handler can judge, in one line with its place."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches

Where = tuple[str | int, ...]
"""The keys that lead to a setting."""

Place = Callable[[Where], str]
"""→ `file:line`, or the variable that said it, or nothing."""


def nowhere(where: Where) -> str:
    """Of settings that stand in no file."""
    return ""


def problem(where: Where, text: str, place: Place) -> str:
    """`muster.yaml:7: sources.jobs.mapping.title: what to mend`."""
    key = ".".join(map(str, where))
    return ": ".join(filter(None, (place(where), key, text)))


def unknown_key(said: str, known: Iterable[str]) -> str:
    """What to say of a key that there is not."""
    names = list(known)
    near = get_close_matches(said, names, n=1)
    meant = f'did you mean "{near[0]}"?' if near else f"known: {', '.join(names)}"
    return f"unknown key; {meant}"
