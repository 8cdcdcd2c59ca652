"""The group of alerts that Prometheus's Alertmanager posts, and Grafana after it.

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config (version 4). One request
carries one group; each alert in it has a status of its own, which wins over the group's. The zero
time 0001-01-01T00:00:00Z stands for "not yet". This is the hot path: one pass, plain Python.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.domain.alert import Alert, AlertStatus
from bot.domain.errors import WrongShape
from handlers.shapes import fields
from handlers.shapes.times import moment

STATUSES: Final = {
    "firing": AlertStatus.FIRING,
    "resolved": AlertStatus.RESOLVED,
    "alerting": AlertStatus.FIRING,
    "ok": AlertStatus.RESOLVED,
}
"""Alertmanager's words, then those Grafana has for them; relays write them large, too."""

Details = Callable[[dict[str, Any], dict[str, str]], Mapping[str, Any]]
"""(the alert as sent, its annotations) → what to keep beside the labels."""


def annotations_only(_: dict[str, Any], annotations: dict[str, str]) -> Mapping[str, Any]:
    return annotations


def read_group(payload: Any, source: str, details: Details = annotations_only) -> list[Alert]:
    """The alerts of one group, in order; an empty group is fine.

    Raises:
        WrongShape: names the field.
    """
    if type(payload) is not dict:
        raise WrongShape(f"The body must be a JSON object, not {fields.kind_of(payload)}.")
    alerts = payload.get("alerts")
    if type(alerts) is not list:
        raise WrongShape(f"`alerts` must be a list, not {fields.kind_of(alerts)}.")
    group = _Group(payload, source, details)
    return [group.read(alert, place) for place, alert in enumerate(alerts)]


class _Group:
    __slots__ = ("details", "external", "key", "source", "status")

    def __init__(self, payload: dict[str, Any], source: str, details: Details) -> None:
        self.source, self.details = source, details
        self.key = fields.key(payload.get("groupKey"))
        self.external = payload.get("externalURL")
        self.status = payload.get("status")

    def read(self, alert: Any, place: int) -> Alert:
        if type(alert) is not dict:
            raise WrongShape(f"alerts[{place}] must be an object, not {fields.kind_of(alert)}.")
        labels = fields.labels(alert.get("labels"), f"alerts[{place}].labels")
        annotations = fields.labels(alert.get("annotations"), f"alerts[{place}].annotations")
        status = STATUSES.get(fields.choice(alert.get("status") or self.status))
        if status is None:
            raise WrongShape(f"alerts[{place}].status must be `firing` or `resolved`.")
        return Alert(
            source=self.source,
            title=fields.title(
                labels.get("alertname"),
                annotations.get("summary"),
                annotations.get("title"),
                annotations.get("message"),
            )
            or f"Unnamed alert from {self.source}",
            status=status,
            vendor_severity=fields.word(labels.get("severity")),
            description=fields.description(
                annotations.get("description"),
                annotations.get("summary"),
                annotations.get("message"),
            ),
            dedup_key=fields.key(alert.get("fingerprint")),
            group_key=self.key,
            starts_at=moment(alert.get("startsAt")),
            ends_at=moment(alert.get("endsAt")) if status is AlertStatus.RESOLVED else None,
            resource=fields.resource(labels),
            link=fields.link(alert.get("generatorURL"), self.external),
            labels=labels,
            details=self.details(alert, annotations),
        )
