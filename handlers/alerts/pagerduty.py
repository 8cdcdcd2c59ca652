"""PagerDuty Events API v2: what any tool that pages PagerDuty already sends.

https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ . The routing key is a secret: it
is never read here, so it cannot end in a label.
"""

from typing import Any, Final

from bot.domain.alert import Alert, AlertStatus
from bot.domain.errors import WrongShape
from handlers.alerts import Source
from handlers.shapes import fields
from handlers.shapes.times import moment

ACTIONS: Final = ("trigger", "acknowledge", "resolve")
SEVERITIES: Final = ("critical", "error", "warning", "info")
KEY_LIMIT: Final = 255
LABEL_LIMIT: Final = 256

_SECRET: Final = "routing_key"
_LABELS: Final = ("component", "group", "class")


def parse(payload: Any, source: Source) -> list[Alert]:
    """One alert; none for `acknowledge`, which says nothing about the alert itself.

    Raises:
        WrongShape: names every field that is wrong.
    """
    if wrong := complaints(payload):
        raise WrongShape(f"{'; '.join(wrong)}.")
    if payload["event_action"] == "acknowledge":
        return []
    event = fields.mapping(payload.get("payload"), "'payload'")
    resolves = payload["event_action"] == "resolve"
    dedup_key = fields.key(payload.get("dedup_key"))
    at = moment(event.get("timestamp"))
    return [
        Alert(
            source=source.name,
            title=fields.title(event.get("summary"), dedup_key),
            status=AlertStatus.RESOLVED if resolves else AlertStatus.FIRING,
            vendor_severity=fields.word(event.get("severity")),
            description=_description(event.get("custom_details")),
            dedup_key=dedup_key,
            starts_at=None if resolves else at,
            ends_at=at if resolves else None,
            resource=fields.title(event.get("source"), event.get("component")) or None,
            link=fields.link(payload.get("client_url"), *_hrefs(payload.get("links"))),
            labels=_labels(payload, event),
            details=_details(payload, event),
            settles_at_once=resolves,
        )
    ]


def complaints(payload: Any) -> list[str]:
    """What the vendor would refuse, field by field; nothing if the event is good."""
    if type(payload) is not dict:
        return [f"The event must be a JSON object, not {fields.kind_of(payload)}"]
    action = payload.get("event_action")
    if action not in ACTIONS:
        return [f"'event_action' must be one of {', '.join(ACTIONS)}"]
    return [*_wrong_key(payload.get("dedup_key"), action), *_wrong_event(payload, action)]


def _wrong_key(key: Any, action: str) -> list[str]:
    if key is None and action == "trigger":
        return []
    if type(key) is not str or (not key.strip() and action != "trigger"):
        return ["'dedup_key' is missing or blank"]
    if len(key) > KEY_LIMIT:
        return [f"Length of 'dedup_key' is incorrect (should be at most {KEY_LIMIT} characters)"]
    return []


def _wrong_event(payload: dict[str, Any], action: str) -> list[str]:
    event = payload.get("payload")
    if action != "trigger":
        return [] if event is None or type(event) is dict else ["'payload' must be an object"]
    if type(event) is not dict:
        return ["'payload' is missing or blank"]
    wrong = [
        f"'payload.{name}' is missing or blank"
        for name in ("summary", "source", "severity")
        if fields.text(event.get(name)) is None
    ]
    severity = event.get("severity")
    if fields.text(severity) and severity not in SEVERITIES:
        wrong.append(f"'payload.severity' must be one of {', '.join(SEVERITIES)}")
    return wrong


def _description(custom: Any) -> str:
    """The custom details, a line each."""
    if type(custom) is dict:
        custom = "\n".join(
            f"{name}: {fields.plain(value)}" for name, value in custom.items() if name != _SECRET
        )
    return fields.description(custom)


def _labels(payload: dict[str, Any], event: dict[str, Any]) -> dict[str, str]:
    """Component, group, class and client, and whatever is short in the custom details."""
    custom = event.get("custom_details")
    candidates = {
        **(custom if type(custom) is dict else {}),
        **{name: event[name] for name in _LABELS if name in event},
        "client": payload.get("client"),
    }
    return {
        name: said
        for name, value in candidates.items()
        if name != _SECRET and (said := fields.text(value)) and len(said) <= LABEL_LIMIT
    }


def _details(payload: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
    custom = event.get("custom_details")
    if type(custom) is dict:
        custom = {name: value for name, value in custom.items() if name != _SECRET}
    kept = {
        "custom_details": custom,
        "links": payload.get("links"),
        "images": payload.get("images"),
    }
    return {name: value for name, value in kept.items() if value}


def _hrefs(links: Any) -> list[Any]:
    if type(links) is not list:
        return []
    return [link.get("href") for link in links if type(link) is dict]
