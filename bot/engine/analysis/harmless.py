"""What a model may have said: sentences that link nowhere, call nobody and show nothing.

A sentence that does is dropped whole; a model that was talked into one thing was perhaps talked
into the rest of it.
"""

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from bot.cards.clean import clean
from bot.domain.secrets import HIDDEN, hide
from bot.engine.analysis.foreign import orders

_ADDRESS: Final = re.compile(
    r"(?i)\b[a-z][a-z0-9+.-]{1,20}:/{0,2}[\w\[][^\s<>\"')\]]*|\bwww\.[^\s<>\"')\]]+|"
    r"(?<![\w.@-])(?:[\w-]+\.)+(?:com|net|org|io|dev|app|co|ru|cn|info|biz|xyz|top|site|online|"
    r"club|link|click|example|test|invalid|me|sh|ai|gg|ly|tk|ml|zip|mov)\b(?:[/?#:][^\s<>\"')\]]*)?"
)
_SCHEME: Final = re.compile(r"(?i)^[a-z][a-z0-9+.-]{1,20}:")
_LINKS: Final = frozenset(
    {"http", "https", "ftp", "mailto", "tel", "data", "javascript", "file", "ws", "wss", "slack"}
)
_ALIVE: Final = re.compile(
    r"(?i)!\[|\]\(|\]\[|<\s*/?\s*[a-z!@#][^>]*>|</?at>|(?<![\w.])@[\w(]|&lt;|&#|"
    r"[{}]|```|\bchannel:|<!|\|>"
)
"""Images, links, tags, mentions, and what looks like a call of a tool."""


def harmless(text: str, hosts: Collection[str] = ()) -> bool:
    """Whether it may be shown; `hosts` may be linked to."""
    said = clean(text)
    if HIDDEN in said or hide(said) != said or orders(said) or _ALIVE.search(said):
        return False
    return all(_may_lead(found[0], hosts) for found in _ADDRESS.finditer(said))


def _may_lead(address: str, hosts: Collection[str]) -> bool:
    scheme = _SCHEME.match(address)
    if scheme and scheme[0][:-1].lower() not in _LINKS:
        return "//" not in address  # `error: timeout` is no address
    if scheme and "//" not in address:
        return False
    try:
        host = urlsplit(address if scheme else f"//{address}").hostname or ""
    except ValueError:
        return False
    good = not scheme or scheme[0].lower() in {"http:", "https:"}
    return good and host.lower().rstrip(".") in hosts


_END: Final = re.compile(r"(?<=[.!?])\s+|\n+")


def harmless_part(text: str, hosts: Collection[str] = (), limit: int = 2_000) -> str:
    """Those of its sentences that may be shown, on one line each paragraph."""
    kept = [said.strip() for said in _END.split(clean(text)) if said.strip()]
    return " ".join(said for said in kept if harmless(said, hosts))[:limit]
