"""The neutral event: Muster's own format, for producers that speak no vendor's.

Required: event_id, source, timestamp, title, severity. Unknown fields are kept in `payload`, or
refused where the source is strict.
"""

from typing import Any, Final

from bot.domain.alert import Alert, digest
from bot.domain.errors import WrongShape
from bot.domain.severity import Category
from bot.domain.visible import shows
from handlers.alerts import Source
from handlers.shapes import fields
from handlers.shapes.times import moment_or_number

REQUIRED: Final = ("event_id", "source", "timestamp", "title", "severity")
EVENT_TYPES: Final = frozenset({"anomaly", "violation", "alert", "error"})
CATEGORIES: Final = frozenset(Category)
OBJECTS: Final = ("resource", "metrics", "tags", "payload")
FIELDS: Final = frozenset(
    {
        *REQUIRED,
        *OBJECTS,
        *("source_version", "event_type", "category", "description"),
        *("labels", "correlation_id", "parent_event_id"),
    }
)
KEPT: Final = ("source_version", "metrics", "labels", "correlation_id", "parent_event_id")
"""What goes into the details as it is."""


def parse(payload: Any, source: Source) -> list[Alert]:
    """One event, or the list under `events`.

    Raises:
        WrongShape: names the fields.
    """
    if type(payload) is dict and type(payload.get("events")) is list:
        return [_alert(event, source) for event in payload["events"]]
    return parse_one(payload, source)


def parse_one(payload: Any, source: Source) -> list[Alert]:
    """One event, as a list of one. Raises WrongShape, naming the fields."""
    return [_alert(payload, source)]


def _alert(event: Any, source: Source) -> Alert:
    if type(event) is not dict:
        raise WrongShape(f"An event must be a JSON object, not {fields.kind_of(event)}.")
    _refuse_missing(event)
    if source.strict:
        _refuse_unknown(event)
    for name in OBJECTS:
        fields.mapping(event.get(name), f"`{name}`")
    at = moment_or_number(event["timestamp"])
    if at is None:
        raise WrongShape("`timestamp` must be a time like 2026-01-05T10:00:00Z.")
    origin = fields.title(event["source"])
    title = fields.title(event["title"])
    event_type = _one_of(EVENT_TYPES, event, "event_type", "alert", source)
    category = _one_of(CATEGORIES, event, "category", "other", source)
    resource = event.get("resource") or {}
    resource_type = fields.word(resource.get("type")) or ""
    resource_id = fields.key(resource.get("id")) or ""
    return Alert(
        source=origin,
        title=title,
        vendor_severity=fields.word(event["severity"]),
        description=fields.description(event.get("description")),
        dedup_key=digest(origin, event_type, category, title, resource_type, resource_id),
        starts_at=at,
        resource=fields.title(resource.get("name"), resource_id) or None,
        labels={
            **fields.labels(event.get("tags"), "`tags`"),
            "event_type": event_type,
            "category": category,
            **({"resource_type": resource_type} if resource_type else {}),
            **({"resource_id": resource_id} if resource_id else {}),
        },
        event_id=fields.key(event["event_id"]),
        event_type=event_type,
        category=category,
        details=_details(event),
    )


def _refuse_missing(event: dict[str, Any]) -> None:
    missing = [f"`{name}`" for name in REQUIRED if not shows(fields.text(event.get(name)) or "")]
    if missing:
        raise WrongShape(f"{', '.join(missing)} must be given, and not blank.")


def _refuse_unknown(event: dict[str, Any]) -> None:
    if unknown := sorted(f"`{name}`" for name in event.keys() - FIELDS):
        raise WrongShape(f"Unknown: {', '.join(unknown)}. Put what is your own into `payload`.")


def _one_of(
    allowed: frozenset[str], event: dict[str, Any], name: str, default: str, source: Source
) -> str:
    said = (fields.text(event.get(name)) or default).lower()
    if said in allowed:
        return said
    if source.strict:
        raise WrongShape(f"`{name}` must be one of {', '.join(sorted(allowed))}.")
    return default


def _details(event: dict[str, Any]) -> dict[str, Any]:
    unknown = {name: value for name, value in event.items() if name not in FIELDS}
    kept = {
        **{name: event.get(name) for name in KEPT},
        "resource": event.get("resource"),
        "payload": {**unknown, **(event.get("payload") or {})},
    }
    return {name: value for name, value in kept.items() if value}
