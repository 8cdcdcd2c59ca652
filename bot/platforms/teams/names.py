"""What a channel of an incident is called, within Teams' rules: pure.

https://learn.microsoft.com/microsoftteams/limits-specifications-teams#channel-names
"""

import re
from typing import Final

from bot.cards.clean import clean

NAME: Final = 50
ABOUT: Final = 1_024

_FORBIDDEN: Final = re.compile(r"[~#%&*{}+/\\:<>?|'\".]+")
_DASHES: Final = re.compile(r"[\s-]{2,}|\s")


def channel_name(template: str, number: int, title: str) -> str:
    """The template with `{number}` and `{slug}` filled in: `inc-42-p99-over-2-s`."""
    filled = template.replace("{number}", str(number)).replace("{slug}", slug(title))
    return slug(filled)[:NAME].strip("-_") or f"inc-{number}"


def slug(text: str) -> str:
    """Words with dashes between, and no character that a channel's name may not have."""
    bare = _FORBIDDEN.sub(" ", clean(text)).strip().lower()
    return _DASHES.sub("-", bare).strip("-_ ")


def numbered(name: str, place: int) -> str:
    """The name for the second, third … room that would be called so."""
    ending = f"-{place}"
    return name if place == 1 else name[: NAME - len(ending)].rstrip("-") + ending


def about(severity: str, number: int, title: str, url: str) -> str:
    """A channel's description: `P1 · #42 · p99 over 2 s · https://…`"""
    line = " ".join(clean(title).split())[:200]
    return " · ".join(filter(None, (severity, f"#{number}", line, url)))[:ABOUT]
