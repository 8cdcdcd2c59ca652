"""A draft made of the record alone: the same entries always give the same words.

What the record cannot know (why it happened, what was learned) is left empty, with a question
beside it; nothing is guessed. Secrets that somebody typed are hidden: it is going to be published.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.cards.names import OUTCOMES, person_name
from bot.cards.plain_text import one_line
from bot.domain.duration import say_duration
from bot.domain.entry import Entry, EntryType
from bot.domain.incident import Incident
from bot.domain.marks import began_at, durations
from bot.domain.postmortem import PARTS, Values
from bot.domain.secrets import hide
from bot.domain.severity import Severity
from bot.domain.task import TaskState, tasks_of
from bot.engine.postmortem.timeline import timeline_of
from bot.ports.writer import Material

NAMED: Final = 5
"""Alerts that are named; the others are counted."""

DESCRIBED: Final = 300
"""Characters of what its source said of it."""


def draft(material: Material) -> Mapping[str, Values]:
    """See bot.ports.writer."""
    written: dict[str, dict[str, str]] = {
        "summary": {"title": material.incident.title, "summary": _summary(material)},
        "impact": {
            "description": _impact(material),
            "affected_services": "\n".join(_services(material)),
        },
        "timeline": {"lines": "\n".join(map(str, timeline_of(material)))},
        "resolution": {
            "description": _resolution(material),
            "actions_taken": "\n".join(_actions(material)),
        },
    }
    return {
        name: {
            q.name: hide(written.get(name, {}).get(q.name, ""))[: q.limit] for q in part.questions
        }
        for name, part in PARTS.items()
    }


def _summary(material: Material) -> str:
    incident, people = material.incident, material.policies.people
    began = began_at(incident)
    what = one_line(incident.title).rstrip(".")
    where = f" ({one_line(incident.service)})" if incident.service else ""
    said = [f"On {_at(began)}: {what}{where}, severity {incident.severity}."]
    if incident.initial_severity is not incident.severity:
        said.append(f"It began as {incident.initial_severity}.")
    if incident.description.strip():
        said.append(_sentence(incident.description[:DESCRIBED]))
    if incident.acknowledged_by:
        who = person_name(people, incident.acknowledged_by)
        said.append(f"{who} had it from {_at(incident.acknowledged_at)}.")
    if incident.mitigated_at is not None:
        said.append(f"It was mitigated at {_at(incident.mitigated_at)}.")
    said.append(_ending(incident))
    if incident.resolution.strip():
        said.append(f"What was done: {_sentence(incident.resolution)}")
    elif updates := _updates(material.entries):
        said.append(f"The last update said: {_sentence(updates[-1].text)}")
    return " ".join(filter(None, said))


def _ending(incident: Incident) -> str:
    total = durations(incident).mttr
    if incident.resolved_at is None or total is None:
        return "It is not over yet."
    ended = incident.ended_at or incident.resolved_at
    outcome = OUTCOMES.get(str(incident.outcome), "resolved")
    return f"It ended at {_at(ended)} ({outcome}), after {_span(total)}."


def _impact(material: Material) -> str:
    """What alerts and updates said; how many people felt it, no record knows."""
    incident, alerts = material.incident, material.alerts
    said = [f"{SEVERITY_MEANS[incident.severity]}."]
    if total := durations(incident).mttr:
        said.append(f"It lasted {_span(total)}.")
    if incident.impact:
        said.append(f"The impact was called {one_line(incident.impact)}.")
    if alerts:
        titles = list(dict.fromkeys(one_line(alert.title) for alert in alerts))
        more = f" and {len(titles) - NAMED} more" if len(titles) > NAMED else ""
        count = f"{len(alerts)} alert{'s' * (len(alerts) != 1)}"
        said.append(f"{count} fired: {'; '.join(titles[:NAMED])}{more}.")
    said += [_sentence(entry.text) for entry in _updates(material.entries)[:1]]
    return " ".join(said)


SEVERITY_MEANS: Final[Mapping[Severity, str]] = {
    Severity.P0: "A critical incident",
    Severity.P1: "An incident of high severity",
    Severity.P2: "An incident of medium severity",
    Severity.P3: "An incident of low severity",
    Severity.P4: "An incident to take note of",
}


def _services(material: Material) -> list[str]:
    """The incident's own, and those its alerts name."""
    named = [material.incident.service or ""]
    named += [str(alert.labels.get("service", "")) for alert in material.alerts]
    return list(dict.fromkeys(one_line(name) for name in named if name.strip()))


def _resolution(material: Material) -> str:
    incident = material.incident
    if incident.resolved_at is None:
        return ""
    who = person_name(material.policies.people, incident.resolved_by) or "Its source"
    outcome = OUTCOMES.get(str(incident.outcome), "resolved")
    notes = f": {incident.resolution.strip()}" if incident.resolution.strip() else "."
    return f"{who} resolved it at {_at(incident.resolved_at)} ({outcome}){notes}"


def _actions(material: Material) -> list[str]:
    """Tasks that were done, and what updates said was being done."""
    done = [one_line(t.text) for t in tasks_of(material.incident) if t.state is TaskState.DONE]
    doing = [one_line(str(e.metadata.get("doing", ""))) for e in _updates(material.entries)]
    return list(dict.fromkeys(filter(None, [*done, *doing])))


def _updates(entries: Sequence[Entry]) -> list[Entry]:
    """Status updates as they stand: one that was mended is gone."""
    mended = {entry.corrects for entry in entries}
    return [e for e in entries if e.type is EntryType.UPDATE_POSTED and e.seq not in mended]


def _sentence(text: str) -> str:
    """With a full stop, so that the next one can follow."""
    said = one_line(text).strip()
    return said if said.endswith((".", "!", "?", "…")) else f"{said}."


def _at(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else ""


def _span(seconds: float) -> str:
    return say_duration(timedelta(seconds=seconds))
