"""How a sentence reads: whether it stands alone, says what was done, or what is to be done."""

import re
from collections.abc import Mapping
from typing import Final

from bot.engine.knowledge.aspects import CAUSE, FIX, LEARNED
from bot.engine.knowledge.sentences import Kind, Span

KINDS: Final[Mapping[Kind, float]] = {
    Kind.PLAIN: 1.0,
    Kind.STAMPED: 0.7,
    Kind.LEADING: 0.5,
    Kind.TASK: 0.4,
}
_ALONE: Final = (
    (re.compile(r"\?\W*$"), 0.5),
    (
        re.compile(
            r"^\W*(?:for (?:more|further|details)|see|read more|refer|click|(?:for )?example|"
            r"sample|(?:the )?output)\b|\bhere\W*$",
            re.IGNORECASE,
        ),
        0.4,
    ),
    (
        re.compile(
            r"^\W*(?:(?:if|for|after|before|during|in|with|at|because of|due to) )?"
            r"(?:th(?:is|at|ese|ose)(?! (?:alert|runbook))|it|they|he|she|but|and|so|however|also|"
            r"instead|then|where|which)\b|^in turn\b|^(?-i:[a-z])",
            re.IGNORECASE,
        ),
        0.8,
    ),
)
"""How a sentence reads that stands alone."""

_ACTED: Final = re.compile(
    r"\b(?:rolled back|reverted|restarted|increased|raised|lowered|reduced|replaced|re-?created|"
    r"recycled|deleted|disabled|enabled|upgraded|downgraded|scaled|rotated|renewed|added|removed|"
    r"re-?deployed|switched|moved|migrated|rebooted|blocked|paid|contacted|patched|pinned|"
    r"cleared|fail(?:ed|ing) over to|remount\w+|changed|restart of|"
    r"increasing|adding|removing|restarting|pinning|reverting|disabling|replacing|deleting)\b",
    re.IGNORECASE,
)
_ENDED: Final = re.compile(
    r"\b(?:restored|fixed|resolved|mitigated|recovered|repaired)\b", re.IGNORECASE
)
_HEDGED: Final = re.compile(
    r"\b(?:will|would|should|could|may|might|cannot|not|never|fail(?:ed|s)? to|tried|attempt\w*|"
    r"unable|plan(?:ned|s|ning)?|needs? to|suspect\w*|backlog|being|inadvertent\w*|accidental\w*|"
    r"mistake\w*|attackers?|malicious)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
_STEP: Final = re.compile(
    r"\W*(?:(?:first|then|next|now|finally|to [^,]{3,80}),? )?"
    r"(?:you (?:can(?!not|.t)|should|may|must|need)|"
    r"check|verify|run|restart|increase|use|ensure|make sure|identify|contact|look|find|log|ssh|"
    r"try|add|remove|delete|scale|drain|cordon|set|open|go|create|update|stop|start|disable|enable|"
    r"free|resize|expand|reduce|follow|execute|confirm|review|inspect|renew|rotate|apply|edit|"
    r"select|connect|force|wait|determine|monitor|get|fix|investigate|replace|clean|move|page)\b",
    re.IGNORECASE,
)


def alone(said: str, kind: Kind) -> float:
    """What it is worth to who reads nothing else, at most 1."""
    worth = KINDS[kind]
    for pattern, counts in _ALONE:
        worth *= counts if pattern.search(said) else 1.0
    return worth


def done(text: str, span: Span) -> float:
    """How well its section or its words show that this was done, and need not be done some day."""
    said = text[span.start : span.end]
    under = FIX.headed.search(span.under) is not None
    shown = 2.0 * under
    shown += 2.0 * (FIX.said.search(said) is not None)
    shown += 1.0 * (_ACTED.search(said) is not None)
    shown += 0.5 * (_ENDED.search(said) is not None)
    shown -= 1.5 * (_HEDGED.search(said) is not None)
    shown -= 0.5 * (span.kind is not Kind.PLAIN)
    shown -= 1.0 * (CAUSE.said.search(said) is not None)
    later = not under and LEARNED.headed.search(span.under) is not None
    return shown - 3.0 * (later or span.kind is Kind.TASK)


def does(text: str, span: Span) -> float:
    """How well its section or its words show that this is to be done."""
    shown = 2.0 * (FIX.headed.search(span.under) is not None)
    shown += 1.0 * (_STEP.match(text, span.start, span.end) is not None)
    return shown * KINDS[span.kind]
