"""A postmortem as it is read: what was written, beside the facts of that moment.

A draft is put together anew each time it is looked at; a published version is kept as it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.domain.postmortem import PARTS, Values


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItem:
    """`id` is the follow-up's (`42-3`), `due_date` an ISO date, `owner` a person's id."""

    id: str
    description: str
    owner: str | None
    owner_name: str
    priority: str
    due_date: str | None
    status: str
    tracking_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Involved:
    """Somebody who had a part in it."""

    id: str
    name: str
    parts: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`version` is 0 for a draft, else that of the publication. Times are RFC 3339 UTC, by name in
    the order of their happening; `durations` are seconds (see bot.domain.marks)."""

    number: int
    incident_id: str
    title: str
    severity: str
    service: str | None
    team: str | None
    status: str
    version: int
    created_by: str
    reviewed_by: Sequence[str]
    published_at: str | None
    published_by: str | None
    times: Mapping[str, str | None]
    durations: Mapping[str, float | None]
    people: Sequence[Involved]
    sections: Mapping[str, Values]
    action_items: Sequence[ActionItem]

    def as_json(self) -> dict[str, Any]:
        """The opposite of `document_from`."""
        return asdict(self)

    def answers(self, section: str) -> Values:
        """Each question of the section, empty where nothing was written."""
        said = self.sections.get(section, {})
        return {question.name: said.get(question.name, "") for question in PARTS[section].questions}

    def lines(self, section: str, question: str) -> list[str]:
        """The items of an answer that has one a line."""
        said = self.answers(section)[question].splitlines()
        return [line.strip().removeprefix("- ") for line in said if line.strip()]


def document_from(kept: Mapping[str, Any]) -> Document:
    """The opposite of `as_json`."""
    people = [Involved(**one) for one in kept["people"]]
    items = [ActionItem(**one) for one in kept["action_items"]]
    return Document(**{**kept, "people": people, "action_items": items})
