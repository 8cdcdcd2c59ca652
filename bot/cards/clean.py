"""Words from outside without what cannot be seen, and addresses that somebody may follow.

For surfaces where plain words have no meaning; whoever dresses words escapes them as well.
"""

import re
from typing import Final
from urllib.parse import quote, urlsplit

from bot.cards.plain_text import visible

_UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028\u2029"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
    "|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)
"""Nothing to see; joiners stay between letters that need them (Persian, Hindi, families)."""

_BARE_ADDRESS: Final = re.compile(r"://|\bwww\.|\b[\w-]+\.[a-z]{2,}/", re.IGNORECASE)
_SAFE: Final = "/:?#[]@!$&'()*+,;=%~-._"

CUT: Final = "…"
ADDRESS_LIMIT: Final = 2_000


def clean(text: str) -> str:
    """The same words without what cannot be seen."""
    return _UNSEEN.sub("", visible(text))


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, cleaned; what is left out shows as `…`."""
    text = clean(text)
    return text if len(text) <= limit else text[: limit - len(CUT)].rstrip() + CUT


def first_line(text: str, limit: int) -> str:
    """For a title: the first line that says something, cut as above."""
    said = (line.strip() for line in clean(text).splitlines())
    return cut(next(filter(None, said), ""), limit)


def address(url: str) -> str:
    """The address with everything quoted that could end it; nothing where nobody may follow it."""
    if clean(url) != url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return ""
    quoted = quote(url, safe=_SAFE)
    return quoted if len(quoted) <= ADDRESS_LIMIT else ""


def pretends(label: str, url: str) -> bool:
    """Whether the label would pass for an address that the link does not lead to."""
    return bool(_BARE_ADDRESS.search(label)) and label.strip() != url
