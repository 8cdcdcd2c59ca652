"""Entries as the typed timeline of a postmortem; what was undone or mended is not in it."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.cards.markdown import spans
from bot.cards.plain_text import one_line
from bot.cards.timeline import sentence
from bot.domain.entry import Entry, EntryType
from bot.domain.marks import NAMES, Mark
from bot.domain.postmortem_timeline import Moment, Phase
from bot.ports.writer import Material

LONGEST: Final = 150
"""Lines; beyond that the repetitive ones are left out, then the middle."""

LINE: Final = 160

PHASES: Final[Mapping[EntryType, Phase]] = {
    EntryType.INCIDENT_CREATED: Phase.DETECTION,
    EntryType.ALERT_JOINED: Phase.DETECTION,
    EntryType.REFIRED: Phase.DETECTION,
    EntryType.ACKNOWLEDGED: Phase.RESPONSE,
    EntryType.RELEASED: Phase.RESPONSE,
    EntryType.ASSIGNED: Phase.RESPONSE,
    EntryType.ROLE_CHANGED: Phase.RESPONSE,
    EntryType.SEVERITY_CHANGED: Phase.RESPONSE,
    EntryType.STATE_CHANGED: Phase.RESPONSE,
    EntryType.ESCALATED: Phase.RESPONSE,
    EntryType.PAGED: Phase.RESPONSE,
    EntryType.SLA_BREACHED: Phase.RESPONSE,
    EntryType.COMMENT_ADDED: Phase.RESPONSE,
    EntryType.TASK_ADDED: Phase.RESPONSE,
    EntryType.TASK_CHANGED: Phase.MITIGATION,
    EntryType.UPDATE_POSTED: Phase.COMMUNICATION,
    EntryType.ALL_CLEAR: Phase.RESOLUTION,
    EntryType.RESOLVED: Phase.RESOLUTION,
    EntryType.REOPENED: Phase.RESPONSE,
}
"""What is not named here happened inside Muster, and no reader asks for it."""

MARKS: Final[Mapping[str, Phase]] = {
    Mark.IMPACT: Phase.DETECTION,
    Mark.DETECTED: Phase.DETECTION,
    Mark.MITIGATED: Phase.MITIGATION,
    Mark.ENDED: Phase.RESOLUTION,
}

REPETITIVE: Final = frozenset(
    {EntryType.ALERT_JOINED, EntryType.PAGED, EntryType.ASSIGNED, EntryType.ROLE_CHANGED}
)


def timeline_of(material: Material) -> list[Moment]:
    """In the order in which it happened."""
    gone = {entry.corrects for entry in material.entries if entry.corrects is not None}
    marks = {e.metadata["mark"]: e.seq for e in material.entries if e.type is EntryType.MARKED}
    told = [
        entry
        for entry in material.entries
        if entry.seq not in gone
        and _phase(entry) is not None
        and (entry.type is not EntryType.MARKED or marks[entry.metadata["mark"]] == entry.seq)
    ]
    told.sort(key=lambda entry: (entry.occurred_at, entry.seq))
    return [_line(entry, material) for entry in _fitting(told)]


def _phase(entry: Entry) -> Phase | None:
    if entry.type is EntryType.MARKED:
        named = MARKS.get(str(entry.metadata.get("mark")))
        return None if entry.metadata.get("cleared") else named
    if entry.metadata.get("undid"):
        return None
    return PHASES.get(entry.type)


def _line(entry: Entry, material: Material) -> Moment:
    phase = _phase(entry)
    assert phase is not None
    text = one_line(_said(entry, material))
    return Moment(entry.occurred_at, phase, text if len(text) <= LINE else f"{text[:LINE]}…")


def _said(entry: Entry, material: Material) -> str:
    """A mark stands at its own time already; who set it when is for the record."""
    if entry.type is EntryType.MARKED:
        return f"{NAMES[Mark(entry.metadata['mark'])].capitalize()}."
    return "".join(span.text for span in spans(sentence(entry, material.policies.people)))


def _fitting(entries: Sequence[Entry]) -> Sequence[Entry]:
    if len(entries) <= LONGEST:
        return entries
    rare = [entry for entry in entries if entry.type not in REPETITIVE]
    if len(rare) <= LONGEST:
        return rare
    half = LONGEST // 2
    return [*rare[:half], *rare[-half:]]
