"""An incident that is over, as a document: what it was, what was said, what fixed it, and what its
postmortem says was learned."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.domain.entry import Entry, EntryType
from bot.domain.incident import Incident, Outcome, Visibility
from bot.domain.postmortem import PARTS, postmortem_of
from bot.domain.secrets import hide
from bot.ports.knowledge import Document

KIND: Final = "incident"
SAID: Final[Mapping[EntryType, str]] = {
    EntryType.UPDATE_POSTED: "Update",
    EntryType.COMMENT_ADDED: "Note",
    EntryType.ALERT_JOINED: "Alert",
}
"""Entries whose words tell what happened, and what they are called."""


LEARNED: Final = (
    ("root_cause", "description"),
    ("root_cause", "contributing_factors"),
    ("root_cause", "why_undetected"),
    ("resolution", "effective_actions"),
    ("lessons", "lessons_learned"),
)
"""Section and question of the postmortem: what no draft knows and people wrote."""


def is_knowledge(incident: Incident) -> bool:
    """Over, for everybody's eyes, no exercise, and not told elsewhere."""
    return (
        not incident.open
        and not incident.test
        and incident.visibility is Visibility.PUBLIC
        and incident.outcome is not Outcome.DUPLICATE
    )


def document_of(incident: Incident, entries: Sequence[Entry]) -> Document:
    """Its text is Markdown; what was corrected is left out, and so are secrets."""
    mended = {entry.corrects for entry in entries if entry.corrects is not None}
    told = [e for e in entries if e.seq not in mended and not e.metadata.get("erased")]
    said = [f"- {SAID[e.type]}: {e.text}" for e in told if e.type in SAID and e.text.strip()]
    doing = [f"- Doing: {d}" for e in told if (d := str(e.metadata.get("doing", "")).strip())]
    parts = [f"# {incident.title}"]
    if incident.description.strip():
        parts.append(incident.description)
    if said or doing:
        parts += ["## What was said", "\n".join((*said, *doing))]
    if incident.resolution.strip():
        parts += ["## Resolution", incident.resolution]
    parts += _learned(incident)
    return Document(
        id=incident.id,
        kind=KIND,
        title=hide(incident.title),
        text=hide("\n\n".join(parts)),
        url=f"/incidents/{incident.number}",
        date=incident.opened_at,
        tags=tuple(filter(None, (incident.service, incident.category, incident.resource))),
        service=incident.service,
        incident=incident.number,
        version=incident.version,
    )


def _learned(incident: Incident) -> Iterator[str]:
    known = postmortem_of(incident)
    if known is None:
        return
    for part, name in LEARNED:
        question = next(one for one in PARTS[part].questions if one.name == name)
        said = known.sections[part].values.get(name, "").strip()
        if said:
            yield f"## {question.label}"
            yield "\n".join(f"- {one}" for one in said.splitlines()) if question.listed else said
