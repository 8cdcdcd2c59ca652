"""An alert."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from typing_extensions import TypedDict

from bot.domain.alert import AlertRecord, AlertStatus, Decision
from bot.domain.ids import incident_id
from bot.domain.severity import Severity


class AlertShown(TypedDict):
    """`severity` is null where the source gave none or one we do not know; `vendor_severity` is
    its own word. `decision` is the last one, `decided_by` the silence or the rule behind it."""

    id: str
    source: str
    title: str
    description: str
    severity: Severity | None
    vendor_severity: str | None
    status: AlertStatus
    fingerprint: str
    dedup_key: str | None
    event_id: str | None
    category: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    count: int
    resource: str | None
    link: str | None
    labels: Mapping[str, str]
    incident_id: str | None
    decision: Decision
    decided_by: str | None


class AlertsShown(TypedDict):
    """Newest first."""

    items: Sequence[AlertShown]
    next_cursor: str | None


def show_alert(alert: AlertRecord, words: Mapping[str, Severity]) -> AlertShown:
    """`words`: what vendors call which severity."""
    known = (alert.vendor_severity or "").strip().lower() in words
    opened_at = alert.incident_opened_at
    return {
        "id": alert.id,
        "source": alert.source,
        "title": alert.title,
        "description": alert.description,
        "severity": alert.severity if known else None,
        "vendor_severity": alert.vendor_severity,
        "status": alert.status,
        "fingerprint": alert.fingerprint,
        "dedup_key": alert.dedup_key,
        "event_id": alert.event_id,
        "category": alert.category,
        "starts_at": alert.starts_at,
        "ends_at": alert.ends_at,
        "first_seen_at": alert.first_seen_at,
        "last_seen_at": alert.last_seen_at,
        "count": alert.count,
        "resource": alert.resource,
        "link": alert.link,
        "labels": alert.labels,
        "incident_id": incident_id(alert.incident, opened_at)
        if alert.incident is not None and opened_at is not None
        else None,
        "decision": alert.decision,
        "decided_by": alert.decided_by or None,
    }
