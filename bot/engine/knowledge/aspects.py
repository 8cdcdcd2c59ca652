"""What a question wants to know of a thing: why it broke, what mended it, whom it hit.

The words of the thing itself stand all over a document. Which of its sentences answers shows in the
heading above it, and in how it speaks.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from re import Pattern
from typing import Final


def _any(said: str) -> Pattern[str]:
    return re.compile(rf"\b(?:{said})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Aspect:
    """Words that ask for it, that stand above it, and that tell it."""

    asked: Pattern[str]
    headed: Pattern[str]
    said: Pattern[str]


CAUSE: Final = Aspect(
    asked=_any(
        "why|how come|cause[ds]?|causing|reasons?|what (?:went wrong|broke|triggered)|trigger"
    ),
    headed=_any("(?:root )?causes?|why|contributing factors?|what went wrong|reasons?|lead-?up"),
    said=_any(
        "because|caused|causing|exacerbated|cause (?:was|of)|due to|root cause|triggered|"
        "trigger was|led to|"
        "result(?:ed|ing) (?:in|from)|stemmed|by mistake|accidental(?:ly)?|inadvertently|bug"
    ),
)
FIX: Final = Aspect(
    asked=_any(
        r"fix(?:ed|es)?|resol(?:ved?|ution)|mitigat\w+|remed\w+|solv\w+|repair\w*|recover\w*|"
        r"restor\w+|undo\w*|undone|roll(?:ed)? ?back|revert\w*|get (?:it|them) back|got it back|"
        r"workaround|what did (?:we|you|they) (?:do|change)|bring back|"
        r"how (?:do|to|did|was|were)|what (?:now|next|first|(?:do|should|can) (?:i|we) do)|"
        r"what to do|help"
    ),
    headed=_any(
        r"resolutions?|resolving|mitigations?|(?:possible |potential )?fix(?:es)?|remediation|"
        r"repair|recovery|solutions?|actions? taken|(?:corrective|recommended|immediate) actions?|"
        r"outcome|workarounds?|what to do|how (?:we|it was) (?:fixed|resolved)|what fixed it|"
        r"rollback|steps?|procedure"
    ),
    said=_any(
        r"(?:fixed|resolved|restored|mitigated|recovered|solved|repaired) (?:it |this |the \w+ )?"
        r"(?:by(?! \d)|with|after|when|once)|(?:resolved|fixed|solved|mitigated) (?:it|this|the)|"
        r"^to (?:remediate|mitigate|resolve|fix|remedy|restore|recover from)(?=[^,.]{2,60},)|"
        r"^the (?:hot)?fix (?:was|got) (?:deployed|released|pushed|shipped|applied|rolled out)"
    ),
)
IMPACT: Final = Aspect(
    asked=_any(
        "impact|affected|affects?|how bad|los[et]|data loss|who (?:is|was) hit|consequences?|"
        "(?:do|did|will) (?:users|customers) (?:see|notice)"
    ),
    headed=_any("impact|affected|consequences?|symptoms"),
    said=_any(
        "affect(?:s|ed|ing)?|impact(?:s|ed)?|unavailable|lost|loss|los(?:es?|ing)|unable|"
        "downtime|customers?|users?"
    ),
)
CHECK: Final = Aspect(
    asked=_any(
        "(?:what|how) (?:do i|do we|to|should i|should we|can i|can we) (?:check|look|see|tell|"
        "find|know|analy[sz]e|debug)|diagnos\\w+|debug\\w*|investigat\\w+|troubleshoot\\w*"
    ),
    headed=_any(
        "diagnos(?:is|tics)|troubleshoot(?:ing)?|(?:possible |steps to )?checks?|debug(?:ging)?|"
        "investigation|verification"
    ),
    said=_any("check|verify|look (?:at|for|into)|inspect|run|query|see (?:if|whether|which)"),
)
TIME: Final = Aspect(
    asked=_any("how long|when (?:did|was|were|will|does|is)|since when|what time|duration"),
    headed=_any("duration|stats|key events|timeline|time to \\w+|impact time"),
    said=_any(
        r"\d+(?:\.\d+)? ?(?:h|hrs?|hours?|m|mins?|minutes?|days?)|lasted|"
        r"from \d{1,2}:\d\d.* to|between \d{1,2}:\d\d"
    ),
)
LEARNED: Final = Aspect(
    asked=_any(
        r"learn(?:ed|t|ings)?|lessons?|prevent\w*|never again|action items?|follow.?ups?|"
        r"improve\w*"
    ),
    headed=_any(
        "lessons|learn(?:ed|t|ings)?|action items?|follow-?ups?(?: tasks)?|next steps|prevent\\w*|"
        "improvements?|(?:review|planned|future|corrective) (?:actions?|and)|actions planned|"
        "what (?:went|didn.?t go|could have gone) .*"
    ),
    said=_any("should|must|need to|will|in future|next time"),
)
ASPECTS: Final = (CAUSE, FIX, IMPACT, CHECK, TIME, LEARNED)

SUMMARY: Final = _any(
    "(?:issue |executive )?summary|overview|meaning|abstract|what happened|description"
)
ASIDE: Final = _any(
    "attendees|thanks|references?|links|further reading|resources|see also|table of contents|"
    "appendix|stats|glossary|where we got lucky"
)
"""Headings above what answers hardly anything."""

EVENTS: Final = _any("timeline(?: of events)?|key events|chronology")


def asked_of(question: str) -> Sequence[Aspect]:
    return [one for one in ASPECTS if one.asked.search(question)]
