"""What pages, lists and searches read: frozen rows, never the engine's own objects.

Every read of something that may belong to an incident takes the viewer, and shows only what exists
for them: a private incident of others is not counted, not listed, not found, and neither are its
entries, alerts, events, pages and silences.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

from bot.domain.alert import AlertRecord
from bot.domain.entry import Entry
from bot.domain.ids import incident_id
from bot.domain.incident import Incident, Outcome, Visibility
from bot.domain.lifecycle import OPEN, State
from bot.domain.noise import Noise
from bot.domain.postmortem_document import Document
from bot.domain.severity import Severity
from bot.domain.silence import Silence
from bot.domain.task import Task, TaskState

Item_co = TypeVar("Item_co", covariant=True)

PAGE: Final = 50
"""Items of a list, where nobody says otherwise."""

LONGEST_PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Viewer:
    """`person` is None for a machine that stands for nobody; `everything`: Muster itself."""

    person: str | None = None
    everything: bool = False


MUSTER: Final = Viewer(everything=True)
"""For what Muster does itself; never for somebody who asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFilter:
    """Each filter may name several values; empty means any. `text` is searched.

    `start` and `end` are of the opening, from `start` on and before `end`.
    """

    status: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    assigned_to: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Page(Generic[Item_co]):
    """`next_cursor` continues after the last item; None at the end."""

    items: Sequence[Item_co]
    next_cursor: str | None = None


class IncidentRow(NamedTuple):
    """An incident as lists show it: fields of `Incident`, under the same names.

    A tuple, since a list makes a thousand of them. It holds no members, no route and nothing of
    paging; whoever needs those asks for the incident.
    """

    number: int
    title: str
    description: str
    status: State
    severity: Severity
    initial_severity: Severity
    category: str
    impact: str | None
    source: str
    source_event_id: str | None
    fingerprint: str | None
    group_key: str
    service: str | None
    team: str | None
    visibility: Visibility
    declared_by: str | None
    test: bool
    assigned_to: str | None
    roles: Mapping[str, str]
    responders: Sequence[str]
    escalation_level: int
    unreached: bool
    opened_at: datetime
    began_at: datetime | None
    first_acknowledged_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    outcome: Outcome | None
    resolution: str
    closed_at: datetime | None
    all_clear_at: datetime | None
    next_update_at: datetime | None
    sla_acknowledge_due: datetime | None
    sla_resolve_due: datetime | None
    sla_acknowledge_breached_at: datetime | None
    sla_resolve_breached_at: datetime | None
    related_to: int | None
    duplicate_of: int | None
    impact_at: datetime | None
    detected_at: datetime | None
    mitigated_at: datetime | None
    ended_at: datetime | None
    resource: str | None
    link: str | None
    environment: str | None
    labels: Mapping[str, str]
    links: Sequence[Mapping[str, str]]
    tasks: Mapping[str, Mapping[str, Any] | None]
    updated_at: datetime
    version: int

    @property
    def id(self) -> str:
        return incident_id(self.number, self.opened_at)

    @property
    def open(self) -> bool:
        return self.status in OPEN

    @property
    def lead(self) -> str | None:
        return self.roles.get("lead")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many of the viewer's incidents are in each state, and of each severity (open ones)."""

    by_status: Mapping[str, int] = field(default_factory=dict)
    by_severity: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something the web room has to tell one person."""

    id: int
    incident: int | None
    loud: bool
    title: str
    text: str
    made_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One hit of a search. The higher the score, the better."""

    id: str
    kind: str
    title: str
    snippet: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts:
    """What was decided about one event. `event_id` is the sender's own, where it gave one."""

    id: str
    source: str
    event_id: str | None
    received_at: datetime
    alert: str | None
    incident_id: str | None
    decision: str
    decided_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFacts:
    """Effects that wait or failed, for the health page and for the room."""

    pending: int
    overdue: int
    failed: int
    oldest_due_at: datetime | None


class Queries(Protocol):
    """What does not exist for the viewer is None, or not among the rows."""

    async def incident(self, number: int, viewer: Viewer) -> Incident | None: ...
    async def incidents_numbered(
        self, numbers: Collection[int], viewer: Viewer
    ) -> list[Incident]: ...
    async def incidents(
        self,
        filter: IncidentFilter,
        viewer: Viewer,
        *,
        limit: int = PAGE,
        cursor: str | None = None,
    ) -> Page[IncidentRow]:
        """Newest first. Raises Invalid: the limit or the cursor is none."""
        ...

    async def ids(self, numbers: Collection[int], viewer: Viewer) -> Mapping[int, str]:
        """Number → `INC-…`."""
        ...

    async def declared_at(self, person: str, moment: datetime) -> int | None:
        """The number of the incident that somebody declared in the transaction of this time."""
        ...

    async def counts(self, viewer: Viewer) -> Counts: ...
    async def recent_open(self, viewer: Viewer, since: datetime) -> Sequence[IncidentRow]: ...
    async def entries(
        self, number: int, viewer: Viewer, *, after: int = 0, limit: int = LONGEST_PAGE
    ) -> Sequence[Entry]:
        """By seq, those after `after`."""
        ...

    async def alerts(
        self,
        viewer: Viewer,
        *,
        incident: int | None = None,
        source: str | None = None,
        status: str | None = None,
        limit: int = PAGE,
        cursor: str | None = None,
    ) -> Page[AlertRecord]:
        """Newest first. Raises Invalid: the limit or the cursor is none."""
        ...

    async def alerts_of(self, number: int, viewer: Viewer) -> Sequence[AlertRecord]:
        """Those that belong to an incident now, as they came."""
        ...

    async def event(self, id: str, viewer: Viewer) -> EventFacts | None:
        """By our id or by the sender's own, the newest of them."""
        ...

    async def silences(self, viewer: Viewer, *, past: bool = False) -> Sequence[Silence]:
        """Those that hide something now or will; with `past`, those that ended. Newest first."""
        ...

    async def silence(self, id: int, viewer: Viewer) -> Silence | None: ...
    async def would_hit(
        self, silence: Silence, since: datetime, viewer: Viewer
    ) -> Sequence[AlertRecord]:
        """Alerts seen since then that it would have hidden, newest first, at most 1,000."""
        ...

    async def tasks(
        self,
        viewer: Viewer,
        *,
        incident: int | None = None,
        owner: str | None = None,
        state: TaskState | None = None,
        limit: int = PAGE,
        cursor: str | None = None,
    ) -> Page[Task]:
        """Newest first. Raises Invalid: the limit or the cursor is none."""
        ...

    async def followups(
        self,
        viewer: Viewer,
        *,
        incident: int | None = None,
        owner: str | None = None,
        teams: Collection[str] = (),
        state: TaskState | None = None,
        due_before: str | None = None,
        limit: int = LONGEST_PAGE,
    ) -> Sequence[Task]:
        """What is due first. `teams` are those of the incidents, `due_before` is an ISO date."""
        ...

    async def published_postmortem(self, number: int, viewer: Viewer) -> Document | None:
        """The text as it was last published."""
        ...

    async def search(self, text: str, viewer: Viewer, *, limit: int) -> Sequence[Found]: ...
    async def notices(self, person: str, *, after: int = 0, limit: int = PAGE) -> Sequence[Notice]:
        """By id, those after `after`; from the start, the newest ones."""
        ...

    async def pages_of(self, number: int, viewer: Viewer) -> Sequence[Mapping[str, Any]]:
        """`to channel step state error tries queued_at settled_at` of every page, as queued."""
        ...

    async def incident_at(self, platform: str, channel: str, thread: str = "") -> int | None:
        """The number of the incident that a platform's conversation is about: its room, or the
        thread under one of its posts. Whether the asker may see it is not asked here."""
        ...

    async def quoted_in(self, where: str) -> Sequence[int]:
        """The incidents in whose timeline the words at this address stand."""
        ...

    async def noise_at(self, platform: str, channel: str) -> Noise | None:
        """How much is said there, where somebody chose it."""
        ...

    async def quiet_between(self, start: datetime, end: datetime) -> Sequence[IncidentRow]:
        """Public incidents that opened quietly from `start` on and before `end`."""
        ...

    async def delivery(self) -> DeliveryFacts: ...
    async def dead_letters(self, *, limit: int = PAGE) -> Sequence[Mapping[str, Any]]:
        """`id source received_at reason tries replayed_at`, newest first; for admins."""
        ...
