"""Every open payload of our kinds, against what a correct normaliser extracts."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.domain.alert import Alert
from handlers.alerts import SOURCES, Source
from handlers.registry import resolve
from handlers.strict_json import decode

DATA = Path(__file__).parents[3] / "shared" / "data" / "payloads" / "open"
INDEX = DATA / "index.jsonl"
KINDS = {
    "prometheus-alertmanager": "alertmanager",
    "grafana": "grafana",
    "grafana-legacy": "grafana",
    "pagerduty-events-v2": "pagerduty",
}
ROWS = [json.loads(line) for line in INDEX.read_text().splitlines()] if INDEX.exists() else []
OURS = [row for row in ROWS if row["source"] in KINDS]

pytestmark = pytest.mark.skipif(not ROWS, reason=f"{INDEX} is not here")


def allowed(expected: dict[str, Any] | None) -> set[str]:
    """The expected value and what is also right."""
    if expected is None:
        return set()
    values = [expected["value"], *(also["value"] for also in expected.get("also_ok", ()))]
    return {str(value) for value in values}


def compare(alert: Alert, expected: dict[str, Any], group: dict[str, Any]) -> None:
    assert alert.title in allowed(expected["title"])
    assert str(alert.status) == expected["status"]
    severity = expected["severity_vendor"]
    assert alert.vendor_severity == (severity and str(severity["value"]))
    if expected["resource"] is None:
        assert alert.resource is None
    else:
        assert alert.resource in allowed(expected["resource"])
    assert alert.link in allowed(expected["link"]) or alert.link in allowed(group["link"])
    if (start := expected["start_time"]) is None:
        assert alert.starts_at is None
    else:
        assert alert.starts_at == datetime.fromisoformat(start["utc"])
    keys = expected["dedup_key"]
    wanted = {str(value) for value in keys["values"]}
    wanted |= {str(also["value"]) for also in keys.get("also_ok", ())}
    assert wanted & {alert.dedup_key, alert.group_key}


@pytest.mark.parametrize("row", OURS, ids=[row["file"] for row in OURS])
def test_a_payload_is_read_as_expected(row: dict[str, Any]) -> None:
    kind = KINDS[row["source"]]
    payload = decode((DATA / row["file"]).read_bytes())
    alerts: list[Alert] = resolve(SOURCES[kind])(payload, Source(name=kind, kind=kind))
    expected = row["expected"]
    assert len(alerts) == len(expected.get("alerts", [expected]))
    for alert, wanted in zip(alerts, expected.get("alerts", [expected]), strict=True):
        compare(alert, wanted, expected)
