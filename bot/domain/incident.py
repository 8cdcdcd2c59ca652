"""An incident: one state, and what its entries made of it.

The incident is a projection. Every field that matters changes by the `changes` of an entry, so the
record alone rebuilds it (`muster replay`); `apply` is the whole of that rule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from bot.domain.entry import Change
from bot.domain.ids import incident_id
from bot.domain.lifecycle import OPEN, State
from bot.domain.severity import Severity


class Visibility(StrEnum):
    PUBLIC = "public"
    PRIVATE = "private"


class Outcome(StrEnum):
    """How it ended; only `fixed` counts in MTTA and MTTR."""

    FIXED = "fixed"
    FALSE_ALARM = "false_alarm"
    DUPLICATE = "duplicate"
    NO_ACTION = "no_action"
    CLEARED = "cleared"  # the source said so


@dataclass(slots=True, kw_only=True)
class Incident:
    """`number` is the never reused number; times are aware UTC. See REFERENCE for the fields.

    `round` counts paging rounds; `acknowledged_round` is the one an acknowledgement answered, so a
    new round asks again. `acknowledged_at` is of that one; MTTA counts the first there ever was.
    `began_at` is when its source, or whoever declared it, says that it began. `version` is the seq
    of the last entry and `chain` its hash. `tasks` are kept by number, see `bot.domain.task`;
    `postmortem` by section, see `bot.domain.postmortem`.
    """

    number: int
    tenant: str = "default"
    title: str = ""
    description: str = ""
    status: State = State.NEW
    severity: Severity = Severity.P2
    initial_severity: Severity = Severity.P2
    severity_by_person: bool = False
    worst_alert: Severity | None = None
    category: str = "other"
    impact: str | None = None
    source: str = ""
    source_event_id: str | None = None
    fingerprint: str | None = None
    group_key: str = ""
    route: str | None = None
    service: str | None = None
    team: str | None = None
    escalation: str | None = None
    policy_version: str = ""
    loudness: str = "room"
    visibility: Visibility = Visibility.PUBLIC
    members: list[str] = field(default_factory=list)
    declared_by: str | None = None
    test: bool = False
    assigned_to: str | None = None
    roles: dict[str, str] = field(default_factory=dict)
    responders: list[str] = field(default_factory=list)
    escalation_level: int = 0
    round: int = 0
    acknowledged_round: int = 0
    paged: list[str] = field(default_factory=list)
    unreached: bool = False
    opened_at: datetime
    began_at: datetime | None = None
    clocks_from: datetime | None = None
    paged_again_at: datetime | None = None
    first_acknowledged_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    outcome: Outcome | None = None
    resolution: str = ""
    closed_at: datetime | None = None
    all_clear_at: datetime | None = None
    next_update_at: datetime | None = None
    sla_acknowledge_due: datetime | None = None
    sla_resolve_due: datetime | None = None
    sla_acknowledge_breached_at: datetime | None = None
    sla_resolve_breached_at: datetime | None = None
    related_to: int | None = None
    duplicate_of: int | None = None
    impact_at: datetime | None = None
    detected_at: datetime | None = None
    mitigated_at: datetime | None = None
    ended_at: datetime | None = None
    resource: str | None = None
    link: str | None = None
    environment: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    links: list[dict[str, str]] = field(default_factory=list)
    tasks: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    postmortem: dict[str, dict[str, Any]] = field(default_factory=dict)
    updated_at: datetime
    version: int = 0
    chain: str = "0" * 64

    @property
    def id(self) -> str:
        return incident_id(self.number, self.opened_at)

    @property
    def open(self) -> bool:
        return self.status in OPEN

    @property
    def acknowledged(self) -> bool:
        """A person has answered the current paging round."""
        return self.acknowledged_at is not None and self.acknowledged_round >= self.round

    @property
    def lead(self) -> str | None:
        return self.roles.get("lead")

    @property
    def declared(self) -> bool:
        """By a person, not by an alert: it never resolves by itself."""
        return self.declared_by is not None

    def visible_to(self, person: str) -> bool:
        return self.visibility is Visibility.PUBLIC or person in self.members

    def apply(self, changes: Iterable[Change]) -> None:
        """Makes the incident what the entry says it became."""
        for name, _, new in changes:
            self.put(name, revive(name, new))

    def value(self, name: str) -> Any:
        """A field; `tasks.3` is what stands under 3 in `tasks`, None where nothing does."""
        if "." not in name:
            return getattr(self, name)
        whole, _, part = name.partition(".")
        return getattr(self, whole).get(part)

    def put(self, name: str, value: Any) -> None:
        """Sets a field, or one part of it."""
        if "." not in name:
            setattr(self, name, value)
            return
        whole, _, part = name.partition(".")
        setattr(self, whole, {**getattr(self, whole), part: value})

    def diff(self, values: Mapping[str, Any]) -> tuple[Change, ...]:
        """The changes that would give these fields these values; [] for what is so already."""
        return tuple(
            Change(name, frozen(was), frozen(value))
            for name, value in values.items()
            if (was := self.value(name)) != value
        )


TIMES: Final = frozenset(f.name for f in fields(Incident) if "datetime" in str(f.type))
ENUMS: Final[dict[str, type[StrEnum]]] = {
    "status": State,
    "severity": Severity,
    "initial_severity": Severity,
    "worst_alert": Severity,
    "visibility": Visibility,
    "outcome": Outcome,
}
RECORD_FIELDS: Final = frozenset({"number", "tenant", "version", "chain", "updated_at"})
"""Fields that follow from the entries themselves and stand in no change."""


def frozen(value: Any) -> Any:
    """A field's value as JSON: times as RFC 3339 UTC, words as strings, collections copied."""
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, list):
        return list(value)
    if isinstance(value, dict):
        return dict(value)
    return value


def revive(name: str, value: Any) -> Any:
    """The opposite of `frozen`, by the field's name."""
    if value is None:
        return None
    if name in TIMES:
        return datetime.fromisoformat(value)
    if name in ENUMS:
        return ENUMS[name](value)
    if isinstance(value, list):
        return list(value)
    if isinstance(value, dict):
        return dict(value)
    return value


def rfc3339(moment: datetime) -> str:
    """`2026-01-05T09:00:00.123456Z`"""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def blank(number: int, opened_at: datetime) -> Incident:
    """The incident before its first entry."""
    return Incident(number=number, opened_at=opened_at, updated_at=opened_at)


def comparable(incident: Incident) -> dict[str, Any]:
    """Every field that entries make, as JSON values: what a replay compares."""
    return {
        name: frozen(value) for name, value in asdict(incident).items() if name not in RECORD_FIELDS
    }
