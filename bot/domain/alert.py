"""What a source said, in our words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any, Final

from bot.domain.severity import NONE_WORD, Severity

TITLE_LIMIT: Final = 500
TEXT_LIMIT: Final = 10_000


class AlertStatus(StrEnum):
    FIRING = "firing"
    RESOLVED = "resolved"


class Decision(StrEnum):
    """What intake decided about one alert; metrics, `explain` and logs share these names."""

    OPENED = "OPENED"
    JOINED_INCIDENT = "JOINED_INCIDENT"
    DUPLICATE = "DUPLICATE"
    REPEATED = "REPEATED"
    REFIRED = "REFIRED"
    STILL_FIRING = "STILL_FIRING"
    RESOLVED = "RESOLVED"
    NOTHING_TO_RESOLVE = "NOTHING_TO_RESOLVE"
    LATE = "LATE"
    SILENCED_BY = "SILENCED_BY"
    INHIBITED_BY = "INHIBITED_BY"
    RECORDED = "RECORDED"
    DEAD_LETTER = "DEAD_LETTER"
    QUEUED = "QUEUED"


@dataclass(slots=True, kw_only=True)  # frozen takes three times as long, for every alert
class Alert:
    """One signal of one source; nobody changes it.

    `vendor_severity` is the source's own word (None where it gave none). `dedup_key` is the
    vendor's key for this alert, `group_key` the vendor's own group; both None where it has none.
    Times are aware UTC datetimes. `settles_at_once`: the source's "resolved" is final (Events v2
    resolve, Opsgenie close) and does not wait for the settle time.
    """

    source: str
    title: str
    status: AlertStatus = AlertStatus.FIRING
    vendor_severity: str | None = None
    description: str = ""
    dedup_key: str | None = None
    group_key: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    resource: str | None = None
    link: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    event_id: str | None = None
    event_type: str = "alert"
    category: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    settles_at_once: bool = False

    @property
    def firing(self) -> bool:
        return self.status is AlertStatus.FIRING

    @property
    def happened_at(self) -> datetime | None:
        """The event's own time: when it ended if it has, else when it began."""
        return self.starts_at if self.firing else (self.ends_at or self.starts_at)

    @property
    def is_no_problem(self) -> bool:
        return (self.vendor_severity or "").strip().lower() == NONE_WORD

    @property
    def fingerprint(self) -> str:
        """The vendor's key, else a hash of source, title, resource and labels."""
        if self.dedup_key is not None:
            return self.dedup_key
        return digest(
            self.source,
            self.title,
            self.resource or "",
            *(f"{key}={value}" for key, value in sorted(self.labels.items())),
        )


def seen_labels(said: "Alert | AlertRecord") -> dict[str, str]:
    """The labels that routes, silences and inhibitions look at."""
    labels = {**said.labels, "source": said.source, "title": said.title}
    if said.category:
        labels.setdefault("category", said.category)
    return labels


def digest(*parts: str) -> str:
    """Sixteen hex digits that equal parts share."""
    return blake2b("\xff".join(parts).encode(), digest_size=8).hexdigest()


@dataclass(slots=True, kw_only=True)
class KnownAlert:
    """Of a record what tells whether its alert only repeats, as most of a busy source's do.

    `incident_open` and `incident_opened_at` are the incident's, as read with the record.
    """

    id: str
    source: str
    fingerprint: str
    severity: Severity
    status: AlertStatus
    happened_at: datetime | None
    last_seen_at: datetime
    count: int = 1
    incident: int | None = None
    decision: Decision = Decision.RECORDED
    incident_open: bool = False
    incident_opened_at: datetime | None = None

    @property
    def firing(self) -> bool:
        return self.status is AlertStatus.FIRING


@dataclass(slots=True, kw_only=True)
class AlertRecord(KnownAlert):
    """What is remembered of one fingerprint while it belongs to one incident (or to none yet).

    One record is current per `(source, fingerprint)`; when the same alert later opens another
    incident, a new record takes over and the old one stays with the old incident. `cleared_at` is
    when the source last said that it is over.
    """

    title: str
    vendor_severity: str | None
    group_key: str
    route: str
    labels: dict[str, str]
    resource: str | None
    link: str | None
    description: str
    starts_at: datetime | None
    ends_at: datetime | None
    first_seen_at: datetime
    cleared_at: datetime | None = None
    decided_by: str = ""  # the silence, the inhibiting rule
    dedup_key: str | None = None
    category: str | None = None
    event_id: str | None = None
    private: bool = False  # its route opens private incidents
