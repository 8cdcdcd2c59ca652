"""Every open payload of our kinds, and of the mappings that the docs show, against what a correct
normaliser extracts."""

import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.domain.alert import Alert
from handlers.alerts import SOURCES, Source
from handlers.alerts.generic import GenericMapping, check_mapping
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
SHOWN = {
    "aws-cloudwatch-sns": "cloudwatch",
    "azure-monitor": "azure",
    "newrelic": "newrelic",
    "opsgenie": "opsgenie",
}
MAPPED = [row for row in ROWS if row["source"] in SHOWN]
DOCS = Path(__file__).parents[2] / "docs" / "extend.md"

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
    links = allowed(expected["link"]) | allowed(group["link"])
    assert alert.link in links or (alert.link is None and not links)
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


def shown_mapping(name: str) -> GenericMapping:
    """What the docs tell people to write for the source."""
    (written,) = re.findall(r"```yaml\n(sources:.*?)```", DOCS.read_text(), re.DOTALL)
    return check_mapping(name, yaml.safe_load(written)["sources"][name]["mapping"])


def in_our_words(expected: dict[str, Any], mapping: GenericMapping) -> dict[str, Any]:
    """With the severity that the mapping makes of the vendor's."""
    said = expected["severity_vendor"]
    words = mapping.severity.map if mapping.severity else {}
    renamed = said and {**said, "value": words.get(str(said["value"]), said["value"])}
    return {**expected, "severity_vendor": renamed}


@pytest.mark.parametrize("row", MAPPED, ids=[row["file"] for row in MAPPED])
def test_a_mapping_that_the_docs_show_reads_what_its_vendor_sends(row: dict[str, Any]) -> None:
    mapping = shown_mapping(SHOWN[row["source"]])
    payload = decode((DATA / row["file"]).read_bytes())
    source = Source(name="x", kind="generic", mapping=mapping)
    (alert,) = resolve(SOURCES["generic"])(payload, source)
    expected = in_our_words(row["expected"], mapping)
    if mapping.dedup_key is None:  # of several fields: title and labels together
        assert set(expected["dedup_key"]["values"]) <= {alert.title, *alert.labels.values()}
        alert = replace(alert, dedup_key=expected["dedup_key"]["values"][0])
    compare(alert, expected, expected)
