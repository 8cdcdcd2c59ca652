"""What a model may have said: sentences that link nowhere, call nobody and show nothing.

A sentence that does is dropped whole; a model that was talked into one thing was perhaps talked
into the rest of it.
"""

import re
from collections.abc import Collection
from typing import Final

from bot.cards.clean import clean
from bot.domain.secrets import HIDDEN, hide
from bot.engine.analysis.addresses import as_read, leads_elsewhere
from bot.engine.analysis.foreign import orders

_ALIVE: Final = re.compile(
    r"(?i)!\[|\]\(|\]\[|<\s*/?\s*[a-z!@#][^>]*>|</?at>|(?<![\w.])@[\w(]|&lt;|&#|"
    r"[{}]|```|\bchannel:|<!|\|>"
)
"""Images, links, tags, mentions, and what looks like a call of a tool."""


def harmless(text: str, hosts: Collection[str] = ()) -> bool:
    """Whether it may be shown; `hosts` may be linked to."""
    said = as_read(clean(text))
    if HIDDEN in said or hide(said) != said or orders(said) or _ALIVE.search(said):
        return False
    return not leads_elsewhere(said, hosts)


_END: Final = re.compile(r"(?<=[.!?])\s+|\n+")


def harmless_part(text: str, hosts: Collection[str] = (), limit: int = 2_000) -> str:
    """Those of its sentences that may be shown, on one line each paragraph."""
    kept = [said.strip() for said in _END.split(clean(text)) if said.strip()]
    return " ".join(said for said in kept if harmless(said, hosts))[:limit]
