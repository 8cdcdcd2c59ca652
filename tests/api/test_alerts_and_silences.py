"""Alerts are listed with what was decided; silences are made, listed and ended."""

from typing import Any, Final

import pytest

from bot.domain.alert import AlertStatus
from tests.api.house import House, ids


async def test_an_alert_is_shown_with_its_decision_and_its_incident(both: House) -> None:
    await both.alert(
        "Disk full",
        vendor_severity="critical",
        dedup_key="disk-7",
        labels={"host": "db-7"},
        resource="db-7",
        link="https://grafana.example/d/7",
    )
    (alert,) = (await both.get("/alerts"))["items"]
    wanted: dict[str, Any] = {
        "source": "prom",
        "title": "Disk full",
        "severity": "P0",
        "vendor_severity": "critical",
        "status": "firing",
        "dedup_key": "disk-7",
        "starts_at": None,
        "resource": "db-7",
        "link": "https://grafana.example/d/7",
        "labels": {"host": "db-7"},
        "incident_id": "INC-20260105-00001",
        "decision": "OPENED",
        "count": 1,
        "first_seen_at": "2026-01-05T09:00:00Z",
    }
    assert {name: alert[name] for name in wanted} == wanted


@pytest.mark.parametrize("word", [None, "purple"])
async def test_a_severity_we_do_not_know_stays_unknown(house: House, word: str | None) -> None:
    await house.alert(vendor_severity=word)
    (alert,) = (await house.get("/alerts"))["items"]
    assert alert["severity"] is None
    assert alert["vendor_severity"] == word
    assert (await house.get("/incidents/1"))["severity"] == "P2"


async def test_alerts_are_chosen_and_paged(both: House) -> None:
    for n in range(3):
        both.clock.forward(seconds=1)
        await both.alert(f"Disk {n}", dedup_key=f"d{n}")
    await both.alert("CPU", source="grafana", dedup_key="cpu")
    await both.alert("Disk 0", dedup_key="d0", status=AlertStatus.RESOLVED)

    async def titles(**query: str) -> list[str]:
        return [alert["title"] for alert in (await both.get("/alerts", **query))["items"]]

    assert sorted(await titles(source="prom")) == ["Disk 0", "Disk 1", "Disk 2"]
    assert await titles(status="resolved") == ["Disk 0"]
    assert sorted(await titles(status="firing")) == ["CPU", "Disk 1", "Disk 2"]
    assert await titles(incident="INC-20260105-00002") == ["Disk 1"]
    page = await both.get("/alerts", limit="3")
    rest = await both.get("/alerts", limit="3", cursor=page["next_cursor"])
    assert sorted(a["title"] for a in [*page["items"], *rest["items"]]) == [
        "CPU",
        "Disk 0",
        "Disk 1",
        "Disk 2",
    ]
    assert rest["next_cursor"] is None
    assert (await both.get("/alerts", incident="77")).status == 404
    assert "firing, resolved" in (await both.get("/alerts", status="open"))["detail"]


async def test_a_silence_hides_until_it_ends(house: House) -> None:
    made = await house.post(
        "/silences",
        {"matchers": ['service="batch"', "host=~db-.*"], "duration": 600, "comment": "moving"},
    )
    assert made.status == 201
    assert made.headers["Location"] == f"/api/v1/silences/{made['id']}"
    assert (made["status"], made["created_by"], made["comment"]) == ("active", "ben", "moving")
    assert made["matchers"] == ['service="batch"', 'host=~"db-.*"']
    assert made["ends_at"] == "2026-01-05T09:10:00Z"
    verdict = await house.alert(labels={"service": "batch", "host": "db-7"})
    assert verdict.decision == "SILENCED_BY"
    assert (await house.get("/alerts"))["items"][0]["decided_by"] == f"silence:{made['id']}"
    assert (await house.get(f"/silences/{made['id']}")).told == made.told
    assert (await house.get("/silences"))["items"] == [made.told]
    ended = await house.call("DELETE", f"/silences/{made['id']}")
    assert (ended.status, ended.raw) == (204, b"")
    assert (await house.get("/silences"))["items"] == []
    (past,) = (await house.get("/silences", past="true"))["items"]
    assert (past["status"], past["ended_at"]) == ("expired", "2026-01-05T09:00:00Z")


async def test_a_silence_covers_an_incident(house: House) -> None:
    await house.alert("Disk full", dedup_key="disk")
    made = await house.post("/silences", {"incident_id": "INC-20260105-00001"})
    assert made.status == 201
    assert made["incident_id"] == "INC-20260105-00001"
    assert made["ends_at"] == "2026-01-05T10:00:00Z"


async def test_a_silence_begins_later(house: House) -> None:
    made = await house.post(
        "/silences",
        {
            "matchers": ["service=batch"],
            "starts_at": "2026-01-05T12:00:00Z",
            "ends_at": "2026-01-05T14:00:00+01:00",
        },
    )
    assert (made["status"], made["ends_at"]) == ("pending", "2026-01-05T13:00:00Z")


TOO_MUCH: Final[tuple[tuple[Any, str], ...]] = (
    ({}, "matchers"),
    ({"matchers": []}, "matchers"),
    ({"matchers": ["service=~.*"]}, "matchers"),
    ({"matchers": ["service"]}, "matchers"),
    ({"matchers": ["service=~("]}, "matchers"),
    ({"matchers": "service=a"}, "matchers"),
    ({"matchers": {"service": "a"}}, "matchers"),
    ({"matchers": ["a=b"], "ends_at": "2026-01-05T08:00:00Z"}, "ends_at"),
    ({"matchers": ["a=b"], "ends_at": "2026-01-15T08:00:00Z"}, "ends_at"),
    ({"matchers": ["a=b"], "ends_at": "2026-01-05T10:00:00"}, "ends_at"),
    ({"matchers": ["a=b"], "ends_at": "2026-01-05T10:00:00Z", "duration": 60}, "duration"),
    ({"matchers": ["a=b"], "duration": 0}, "duration"),
    ({"matchers": ["a=b"], "incident_id": "1"}, "incident_id"),
    ({"matchers": ["a=b"], "starts_at": "9999-12-31T23:59:59-14:00"}, "starts_at"),
    ({"matchers": ["a=b"], "starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at"),
)


async def test_a_silence_that_hides_too_much_is_refused(house: House) -> None:
    await house.alert()
    for body, field in TOO_MUCH:
        said = await house.post("/silences", body)
        assert said.status == 422, said.told
        assert said["field"].startswith(field)
        assert "tuple" not in said["detail"]
    assert ids(await house.get("/silences")) == []


async def test_a_long_silence_needs_a_commander(house: House) -> None:
    body = {"matchers": ["a=b"], "duration": 5 * 3600}
    assert (await house.post("/silences", body, by="ben")).status == 403
    assert (await house.post("/silences", body, by="cai")).status == 201
