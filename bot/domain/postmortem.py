"""A postmortem: sections with a version each, kept by the incident, frozen when it is published.

The incident holds the document in parts (`postmortem.root_cause`), so each entry says what became
of one section and the record rebuilds all of it. Words of people and of alerts are plain text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Final

from bot.domain.incident import Incident
from bot.domain.secrets import hide

FIELD: Final = "postmortem"
HEAD: Final = f"{FIELD}.head"

Values = Mapping[str, str]
"""The answers of one section, by the name of the question."""


class Status(StrEnum):
    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`prompt` stands where nothing was written. `listed`: one item a line."""

    name: str
    label: str
    prompt: str = ""
    listed: bool = False
    line: bool = False
    needed: bool = False

    @property
    def limit(self) -> int:
        return 500 if self.line else 30_000


@dataclass(frozen=True, slots=True)
class Part:
    """One section as it is asked for: its name, its title and its questions."""

    name: str
    title: str
    questions: tuple[Question, ...]


PARTS: Final[Mapping[str, Part]] = {
    part.name: part
    for part in (
        Part(
            "summary",
            "Summary",
            (
                Question(name="title", label="Title", line=True, needed=True),
                Question(
                    name="summary",
                    label="Summary",
                    prompt="What happened, in three sentences that somebody outside understands?",
                    needed=True,
                ),
            ),
        ),
        Part(
            "impact",
            "Impact",
            (
                Question(
                    name="description",
                    label="What it meant",
                    prompt="What could people not do, and how many noticed?",
                ),
                Question(
                    name="affected_users",
                    label="Affected users",
                    prompt="How many, and which?",
                    line=True,
                ),
                Question(name="affected_services", label="Affected services", listed=True),
                Question(
                    name="estimated_cost",
                    label="Estimated cost",
                    prompt="Money, orders or trust lost; or say that it is not known.",
                    line=True,
                ),
            ),
        ),
        Part(
            "timeline",
            "Timeline",
            (Question(name="lines", label="What happened when", listed=True),),
        ),
        Part(
            "root_cause",
            "Root cause",
            (
                Question(
                    name="description",
                    label="Root cause",
                    prompt="What made this possible? Ask why until the answer is no person.",
                    needed=True,
                ),
                Question(
                    name="contributing_factors",
                    label="Contributing factors",
                    prompt="What made it likelier, longer or worse?",
                    listed=True,
                ),
                Question(
                    name="why_undetected",
                    label="Why it was not noticed earlier",
                    prompt="Which check or alert was missing, or said nothing?",
                ),
            ),
        ),
        Part(
            "resolution",
            "Resolution",
            (
                Question(
                    name="description",
                    label="How it ended",
                    prompt="What brought the service back?",
                ),
                Question(name="actions_taken", label="What was done", listed=True),
                Question(
                    name="effective_actions",
                    label="What helped",
                    prompt="Which of these made the difference?",
                    listed=True,
                ),
            ),
        ),
        Part(
            "lessons",
            "Lessons learned",
            (
                Question(
                    name="lessons_learned",
                    label="Lessons",
                    prompt="What went well, what did not, where were we lucky?",
                    listed=True,
                ),
            ),
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """`by` is the last person who touched it, None while it is as drafted.

    `drafted` is what the draft said when that person last looked, `proposed` what a later draft
    would say otherwise. `saved_at` is RFC 3339.
    """

    values: Values
    version: int = 1
    by: str | None = None
    saved_at: str = ""
    drafted: Values = field(default_factory=dict)
    proposed: Values = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            name: dict(said) if isinstance(said, Mapping) else said
            for name in (f.name for f in fields(self))
            if (said := getattr(self, name)) or name in ("by", "values")
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """`seq` is the entry that holds the frozen text; `version` counts from 1."""

    version: int
    seq: int
    at: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """`version` counts every change of the document; times are RFC 3339."""

    status: Status = Status.DRAFT
    version: int = 1
    created_by: str = ""
    created_at: str = ""
    reviewed_by: tuple[str, ...] = ()
    published: Published | None = None

    def kept(self) -> dict[str, Any]:
        """As JSON values."""
        out = self.published
        return {
            "status": str(self.status),
            "version": self.version,
            "created_by": self.created_by,
            "created_at": self.created_at,
            "reviewed_by": list(self.reviewed_by),
            "published": {f.name: getattr(out, f.name) for f in fields(out)} if out else None,
        }


@dataclass(frozen=True, slots=True)
class Postmortem:
    head: Head
    sections: Mapping[str, Section]

    @property
    def missing(self) -> list[str]:
        """What must be written before it may go out, by label."""
        return [
            question.label
            for part in PARTS.values()
            for question in part.questions
            if question.needed and not self.sections[part.name].values.get(question.name, "")
        ]

    @property
    def leaking(self) -> list[str]:
        """What holds something that looks like a secret, by label."""
        return [
            question.label
            for part in PARTS.values()
            for question in part.questions
            if (said := self.sections[part.name].values.get(question.name, "")) != hide(said)
        ]


def postmortem_of(incident: Incident) -> Postmortem | None:
    """What the incident holds; None before the first draft."""
    kept = incident.postmortem
    if not kept:
        return None
    head = kept["head"]
    out = head["published"]
    return Postmortem(
        Head(
            status=Status(head["status"]),
            version=head["version"],
            created_by=head["created_by"],
            created_at=head["created_at"],
            reviewed_by=tuple(head["reviewed_by"]),
            published=Published(**out) if out else None,
        ),
        {name: Section(**kept[name]) for name in PARTS if name in kept},
    )


def section_field(name: str) -> str:
    return f"{FIELD}.{name}"
