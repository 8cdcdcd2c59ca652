"""What does not fit between a status update and the record: rules that anybody can read.

They warn and do not forbid: whoever means it sends it even so.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from bot.cards.names import state_name
from bot.domain.incident import Incident
from bot.domain.lifecycle import State
from bot.domain.secrets import hide
from bot.domain.severity import Severity

PROMISED: Final = frozenset({Severity.P0, Severity.P1})
"""Severities of which everybody wants to know when they hear next."""

_OVER: Final = re.compile(
    r"(?i)\b(?:(?:is|are|was|were|has been|have been|now|been|it's|all)\s+"
    r"(?:now\s+|fully\s+|all\s+)?(?:resolved|fixed|solved|over|recovered|restored)|"
    r"back to normal|all clear|no longer affected|fully (?:recovered|operational)|up again|"
    r"all systems (?:are )?(?:operational|normal|up|green)|can \w+(?: \w+){0,2} again|"
    r"works? (?:again|normally|as usual)|"
    r"(?:incident|issue|problem|outage|impact) (?:has )?"
    r"(?:resolved|fixed|solved|over|closed|ended)|"
    r"we(?: have|'ve)?(?: now| fully)? (?:resolved|fixed|solved) "
    r"(?:it|this|that|the (?:incident|issue|problem|outage|error)))\b|"
    r"^(?:fully )?(?:resolved|fixed|solved|recovered)(?:[.!]*$| at \d)"
)
_MITIGATED: Final = re.compile(r"(?i)\b(?:is|are|has been|was|now|been|fully)\s+mitigated\b")
_GOES_ON: Final = re.compile(
    r"(?i)\b(?:still (?:down|failing|broken|affected|ongoing|unavailable)|"
    r"ongoing (?:outage|incident)|we are (?:still )?investigating|"
    r"not (?:yet )?(?:resolved|fixed))\b"
)
_HEDGED: Final = re.compile(
    r"(?i)\b(?:not|n't|never|until|once|when|if|before|will|would|should|expect\w*|hope|partly|"
    r"partially|some|yet to|working on|trying|almost|nearly|soon|unless|after|as soon as|part of)\b"
)
_SEVERITY: Final = re.compile(r"(?i)\b(?:p|sev(?:erity)?[ -]?)([0-4])\b(?!\s*(?:\.\d|ms|%))")
_CHANGES: Final = re.compile(r"(?i)\b(?:was|from|instead of|down from|up from|used to be|P9\d)\b")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|\n+|;")

NO_SECRET: Final = "It holds what looks like a secret. Take it out; everybody will read this."
NO_NEXT: Final = "It does not say when the next update comes."


def warnings(incident: Incident, known: str, doing: str, next_in: timedelta | None) -> list[str]:
    """What somebody should look at once more; nothing where all fits.

    `next_in`: until the next update, zero for never, None for none.
    """
    text = f"{known}\n{doing}"
    found = [NO_SECRET] if hide(text) != text else []
    for sentence in filter(None, (one.strip() for one in _SENTENCE.split(text))):
        found += _against(sentence, incident)
    if incident.open and incident.severity in PROMISED and not next_in:
        found.append(NO_NEXT)
    return list(dict.fromkeys(found))


def _against(sentence: str, incident: Incident) -> Iterator[str]:
    state, certain = state_name(incident.status), not _HEDGED.search(sentence)
    over = incident.status in {State.RESOLVED, State.CLOSED}
    if certain and _OVER.search(sentence) and not over and incident.mitigated_at is None:
        yield f"It says that it is over, but #{incident.number} is {state}."
    if certain and _MITIGATED.search(sentence) and not over and incident.mitigated_at is None:
        yield f"It says that it is mitigated, but nobody marked #{incident.number} as mitigated."
    if over and _GOES_ON.search(sentence):
        yield f"It says that it goes on, but #{incident.number} is {state}."
    for said in _SEVERITY.finditer(sentence):
        severity = f"P{said[1]}"
        known = {str(incident.severity), str(incident.initial_severity)}
        if severity not in known or (
            severity != str(incident.severity) and not _CHANGES.search(sentence)
        ):
            yield f"It says {severity}, but #{incident.number} is {incident.severity}."
