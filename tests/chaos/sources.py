"""What sources say, in the words of their doors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from tests.chaos.config import WORDS, team_of


@dataclass(slots=True)
class Group:
    """What one source knows of one of its groups. `firing`: fingerprint → since when."""

    name: str
    number: int
    door: str
    severity: str
    firing: dict[str, str] = field(default_factory=dict)
    incident: str | None = None
    steps: int = 0
    event_id: str = ""


def alerts(group: Group, statuses: Mapping[str, str]) -> dict[str, Any]:
    return {
        "version": "4",
        "groupKey": group.name,
        "status": "firing",
        "alerts": [
            {
                "status": status,
                "fingerprint": name,
                "labels": {
                    "alertname": name,
                    "team": team_of(group.number),
                    "severity": WORDS[group.severity],
                },
                "annotations": {},
                "startsAt": group.firing[name],
                "endsAt": timestamp() if status == "resolved" else "0001-01-01T00:00:00Z",
            }
            for name, status in statuses.items()
        ],
    }


def enqueue(group: Group, action: str) -> dict[str, Any]:
    return {
        "routing_key": "chaos",
        "event_action": action,
        "dedup_key": group.name,
        "payload": {
            "summary": group.name,
            "source": "probe",
            "severity": {"P0": "critical", "P1": "error", "P2": "warning"}.get(
                group.severity, "info"
            ),
            "custom_details": {"team": team_of(group.number)},
        },
    }


def mark(door: str, body: dict[str, Any], attempt: str) -> None:
    if door == "alertmanager":
        body["externalURL"] = f"http://prometheus.example/{attempt}"
    elif door == "enqueue":
        body["payload"]["custom_details"]["attempt"] = attempt
    elif door == "events":
        body["payload"] = {"attempt": attempt}


def read_json(said: bytes) -> Any:
    try:
        return orjson.loads(said)
    except ValueError:
        return said.decode("utf-8", "replace")


def timestamp() -> str:
    return datetime.now(UTC).isoformat()
