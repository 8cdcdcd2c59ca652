"""The whole core as `make run` builds it, over a real socket: alert, room, command, metrics."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.app import build
from bot.core import lay
from bot.domain.policy import Inhibition
from bot.running import Muster
from config.loader import load_policies
from config.settings import load_settings
from handlers.doors.told import DoorSubject
from storage.database import open_database
from storage.schema import create_or_upgrade
from storage.store import SqlStore
from tests.fakes.clock import FakeClock

_NAMES = (
    "api_requests_total api_request_duration_seconds api_errors_total http_requests_total"
    " websocket_connections worker_queue_depth worker_processing_duration_seconds"
    " incidents_created_total incidents_resolved_total incidents_by_severity incidents_by_status"
    " active_incidents incident_duration_seconds incident_mttr_seconds incident_mtta_seconds"
    " incident_mttd_seconds integration_requests_total integration_errors_total"
    " integration_latency_seconds circuit_breaker_state sla_acknowledgment_breached_total"
    " sla_resolution_breached_total uptime_seconds database_connections_active"
    " database_connections_max cpu_usage_percent memory_usage_bytes disk_usage_bytes"
    " network_io_bytes muster_intake_alerts_total muster_outbox_pending"
    " muster_timer_lateness_seconds ai_analysis_duration_seconds muster_ai_money_today"
    " muster_ai_tokens_today muster_ai_money_limit muster_ai_tokens_limit"
)
NAMES = _NAMES.split()
"""REFERENCE's names, and our own."""

ALERT = {
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "Latency", "service": "payments", "severity": "critical"},
            "annotations": {"summary": "p99 over 2 s"},
            "startsAt": "2026-01-05T09:00:00Z",
            "fingerprint": "f1",
        }
    ]
}


@dataclass
class Running:
    muster: Muster
    client: TestClient[Any, Any]
    clock: FakeClock

    async def get(self, path: str) -> Any:
        async with self.client.get(path) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def text(self, path: str) -> str:
        async with self.client.get(path) as answer:
            return await answer.text()

    async def post(self, path: str, body: object) -> Any:
        async with self.client.post(path, json=body) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()


@pytest.fixture
async def running(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Running]:
    """Started, but for the loops: tests say when time passes."""
    settings = load_settings(
        {
            "MUSTER_ENV": "dev",
            "MUSTER_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/muster.db",
        }
    )
    database = open_database(settings.database_url)
    await create_or_upgrade(database)
    store = SqlStore(database, clock)
    policies = load_policies(settings.policies_folder, dev=True)
    muster = build(lay(settings, policies, store), secret=b"tests")
    muster.engine.intake.start()
    async with (
        TestServer(muster.application) as server,
        TestClient(server) as client,
    ):
        yield Running(muster, client, clock)
    await muster.stop()


async def test_an_alert_opens_an_incident_that_escalates_until_somebody_has_it(
    running: Running,
) -> None:
    said = await running.post("/webhooks/alertmanager", ALERT)
    (event,) = said["events"]
    assert event["decision"] == "OPENED"

    running.clock.forward(minutes=5)
    await running.muster.engine.timers.sweep()
    incident = await running.get(f"/api/v1/incidents/{event['incident_id']}")
    assert (incident["status"], incident["escalation_level"]) == ("ESCALATED", 2)

    taken = await running.post(f"/api/v1/incidents/{event['incident_id']}/take", {})
    assert taken["acknowledged_by"] == "ann"
    entries = await running.get(f"/api/v1/incidents/{event['incident_id']}/entries")
    assert [e["event_type"] for e in entries["items"]][:3] == [
        "incident_created",
        "escalated",
        "paged",
    ]


async def test_every_number_that_was_asked_for_is_there_under_its_name(running: Running) -> None:
    await running.post("/webhooks/alertmanager", ALERT)
    await running.get("/api/v1/incidents")

    text = await running.text("/metrics")
    missing = [name for name in NAMES if f"# TYPE {name.removesuffix('_total')}" not in text]

    assert missing == []
    assert 'incidents_created_total{severity="P0",source="alertmanager"} 1.0' in text
    assert 'incidents_by_status{status="NEW"} 1.0' in text
    assert 'incidents_by_status{status="CLOSED"} 0.0' in text
    assert "active_incidents 1.0" in text


async def test_numbers_are_of_now_and_of_before_while_the_database_is_away(
    running: Running,
) -> None:
    await running.post("/webhooks/alertmanager", ALERT)
    assert "active_incidents 1.0" in await running.text("/metrics")

    await running.post("/api/v1/incidents", {"title": "Checkout is slow"})
    assert "active_incidents 2.0" in await running.text("/metrics")

    await running.muster.store.database.close()
    assert "active_incidents 2.0" in await running.text("/metrics")


async def test_the_doors_answer_as_the_document_says(running: Running) -> None:
    told = await running.get("/api/v1/openapi.json")
    for operation in DoorSubject().operations():
        path = operation.path.replace("{source}", "alertmanager").replace("{id}", "e-1")
        for body in operation.examples or (None,):
            async with running.client.request(operation.method, path, json=body) as answer:
                assert answer.status == operation.status, await answer.text()
                said = await answer.json()
            responses = told["paths"][operation.path][operation.method.lower()]["responses"]
            schema = responses[str(operation.status)]["content"]["application/json"]["schema"]
            jsonschema.Draft202012Validator({**schema, "components": told["components"]}).validate(
                said
            )


async def test_a_process_whose_loops_do_not_turn_is_alive_but_not_ready(running: Running) -> None:
    assert (await running.get("/health"))["status"] == "ok"

    async with running.client.get("/ready") as answer:
        said = await answer.json()
        assert answer.status == 503
    assert said["problems"] == ["the timers loop is silent", "the delivery loop is silent"]


async def test_a_bad_policy_changes_nothing_and_ready_says_why(
    running: Running, tmp_path: Path
) -> None:
    folder = tmp_path / "config" / "policies"
    folder.mkdir(parents=True)
    (folder / "routes.yaml").write_text("default: {fallback: true, teem: x}\n")
    before = running.muster.engine.rules.policies
    settings = running.muster.settings.model_copy(
        update={"config": tmp_path / "config" / "muster.yaml"}
    )
    running.muster.settings = settings

    running.muster.reload()

    assert running.muster.engine.rules.policies is before
    (complaint,) = running.muster.complaints
    assert "routes.yaml:1" in complaint
    assert "teem" in complaint


def firing(name: str, severity: str) -> dict[str, Any]:
    labels = {"alertname": name, "severity": severity}
    return {"alerts": [{"status": "firing", "labels": labels, "startsAt": "2026-01-05T09:00:00Z"}]}


async def test_a_reload_wakes_what_a_rule_hid_that_is_in_no_file_any_more(running: Running) -> None:
    rules = running.muster.engine.rules
    rule = Inhibition.model_validate(
        {"source": {"alertname": "Datacentre"}, "target": {"severity": "warning"}}
    )
    rules.swap(rules.policies.model_copy(update={"inhibitions": {"dc": rule}}))
    await running.post("/webhooks/alertmanager", firing("Datacentre", "critical"))
    said = await running.post("/webhooks/alertmanager", firing("Shop", "warning"))
    assert said["events"][0]["decision"] == "INHIBITED_BY"

    running.muster.reload()
    await running.muster.engine.timers.sweep()

    alerts = await running.get("/api/v1/alerts")
    assert {alert["decision"] for alert in alerts["items"]} == {"OPENED"}
