"""Grafana: unified alerting (version 8 and later), and the legacy alerts of version 7 and before.

Unified bodies are Alertmanager's, with some additions; `state`, `title` and `message` are
deprecated there and may contradict `status`, which wins.
https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
https://grafana.com/docs/grafana/v7.5/alerting/notifications/#webhook
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.domain.alert import Alert, AlertStatus
from bot.domain.errors import WrongShape
from handlers.alerts import Source
from handlers.shapes import fields
from handlers.shapes.prometheus import read_group

LEGACY_STATES: Final[dict[str, AlertStatus | None]] = {
    "alerting": AlertStatus.FIRING,
    "no_data": AlertStatus.FIRING,
    "nodata": AlertStatus.FIRING,
    "ok": AlertStatus.RESOLVED,
    "paused": None,
    "pending": None,
    "unknown": None,
}
"""None: says nothing about the alert."""

_LEGACY: Final = frozenset({"state", "ruleId", "ruleName", "ruleUrl", "evalMatches"})
_EXTRAS: Final = (
    "values",
    "valueString",
    "silenceURL",
    "dashboardURL",
    "panelURL",
    "imageURL",
)
_LEGACY_EXTRAS: Final = ("evalMatches", "imageUrl", "dashboardId", "panelId", "orgId")


def parse(payload: Any, source: Source) -> list[Alert]:
    """Raises WrongShape, naming the field."""
    if type(payload) is dict and "alerts" not in payload and not _LEGACY.isdisjoint(payload):
        return _legacy(payload, source)
    return read_group(payload, source.name, _details)


def _details(alert: dict[str, Any], annotations: dict[str, str]) -> Mapping[str, Any]:
    return {**annotations, **{name: alert[name] for name in _EXTRAS if alert.get(name)}}


def _legacy(payload: dict[str, Any], source: Source) -> list[Alert]:
    state = fields.choice(payload.get("state"))
    if state not in LEGACY_STATES:
        raise WrongShape(f"`state` must be one of {', '.join(LEGACY_STATES)}.")
    status = LEGACY_STATES[state]
    if status is None:
        return []
    matches = _matches(payload.get("evalMatches"))
    labels = {**_shared_tags(matches), **fields.labels(payload.get("tags"), "`tags`")}
    name = fields.title(payload.get("ruleName"), payload.get("title"))
    return [
        Alert(
            source=source.name,
            title=name or f"Unnamed alert from {source.name}",
            status=status,
            vendor_severity=fields.word(labels.get("severity")),
            description=fields.description(payload.get("message")),
            dedup_key=_rule(payload),
            resource=fields.resource(labels) or fields.resource(_first_tags(matches)),
            link=fields.link(payload.get("ruleUrl")),
            labels=labels,
            details={extra: payload[extra] for extra in _LEGACY_EXTRAS if payload.get(extra)},
        )
    ]


def _rule(payload: dict[str, Any]) -> str | None:
    """What is the same when the rule fires and when it is well again; the tags are not."""
    for name in ("ruleId", "ruleUrl", "ruleName", "title"):
        if found := fields.key(payload.get(name)):
            return found
    return None


def _matches(value: Any) -> list[dict[str, str]]:
    """The tags of each series that matched."""
    if value is None:
        return []
    if type(value) is not list:
        raise WrongShape(f"`evalMatches` must be a list, not {fields.kind_of(value)}.")
    return [
        fields.labels(
            fields.mapping(match, f"evalMatches[{place}]").get("tags"), f"evalMatches[{place}].tags"
        )
        for place, match in enumerate(value)
    ]


def _first_tags(matches: list[dict[str, str]]) -> dict[str, str]:
    return matches[0] if matches else {}


def _shared_tags(matches: list[dict[str, str]]) -> dict[str, str]:
    first, *others = matches or [{}]
    return {
        name: value
        for name, value in first.items()
        if all(tags.get(name) == value for tags in others)
    }
