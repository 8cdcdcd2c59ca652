"""Incidents are declared, shown, listed and amended."""

import re
from typing import Final

import pytest

from tests.api.house import House, ids


async def test_a_title_is_enough_to_declare_an_incident(house: House) -> None:
    said = await house.post("/incidents", {"title": "Checkout is slow"})
    assert said.status == 201
    assert said["id"] == "INC-20260105-00001"
    assert said.headers["Location"] == "/api/v1/incidents/INC-20260105-00001"
    assert said.headers["ETag"] == f'"{said["version"]}"'
    assert (said["status"], said["severity"], said["source"]) == ("NEW", "P2", "api")
    assert said["created_at"] == "2026-01-05T09:00:00Z"
    assert said["declared_by"] == "ben"
    assert said["allowed"] == ["acknowledge", "escalate"]
    assert said["mtta"] is said["mttr"] is said["resolution"] is None


async def test_everything_that_can_be_said_of_a_new_incident_is_kept(house: House) -> None:
    said = await house.post(
        "/incidents",
        {
            "title": "  Payments are down ",
            "severity": "p0",
            "description": "Since the deploy.",
            "category": "availability",
            "service": "payments",
            "assigned_to": "ann",
        },
    )
    assert said["title"] == "Payments are down"
    assert said["severity"] == "P0"
    assert said["description"] == "Since the deploy."
    assert (said["category"], said["service"]) == ("availability", "payments")
    assert said["assigned_to"] == "ann"
    assert said["sla"]["acknowledge_due_at"] == "2026-01-05T09:15:00Z"
    assert said["sla"]["resolve_due_at"] == "2026-01-05T10:00:00Z"


async def test_nobody_is_assigned_whom_nobody_knows(house: House) -> None:
    said = await house.post("/incidents", {"title": "Slow", "assigned_to": "zoe"})
    assert said.status == 422
    assert said["field"] == "assigned_to"
    assert (await house.get("/incidents"))["items"] == []


@pytest.mark.parametrize("name", ["INC-20260105-00001", "1", "inc-20260105-00001", "%231"])
async def test_an_incident_is_shown_by_its_id_and_by_its_number(house: House, name: str) -> None:
    made = await house.declare()
    said = await house.client.get(
        f"/api/v1/incidents/{name}", headers={"Authorization": "Bearer mst_ben"}
    )
    assert said.status == 200
    assert await said.json() == made


NAMES_NOBODY: Final = (
    "INC-20260106-00001",
    "INC-2026-00001",
    "2",
    "0",
    "-1",
    "abc",
    "1" * 30,
    f"INC-20260105-{'9' * 30}",
)


async def test_another_name_finds_no_incident(house: House) -> None:
    await house.declare()
    for name in NAMES_NOBODY:
        for said in (
            await house.get(f"/incidents/{name}"),
            await house.patch(f"/incidents/{name}", {"title": "x"}),
            await house.post(f"/incidents/{name}/acknowledge"),
            await house.get(f"/incidents/{name}/entries"),
        ):
            assert said.status == 404, name
            assert said.headers["Content-Type"] == "application/problem+json"


async def test_lists_are_newest_first_and_fifty_long(house: House) -> None:
    made = [(await house.declare(f"Trouble {n}"))["id"] for n in range(52)]
    first = await house.get("/incidents")
    assert ids(first) == made[:1:-1]
    second = await house.get("/incidents", cursor=first["next_cursor"])
    assert ids(second) == made[1::-1]
    assert second["next_cursor"] is None


async def test_a_cursor_does_not_mind_what_comes_meanwhile(both: House) -> None:
    made = [(await both.declare(f"Trouble {n}"))["id"] for n in range(7)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await both.get("/incidents", limit="2", **cursor)
        seen += ids(page)
        await both.declare("Something new")
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == made[::-1]


async def test_filters_choose(both: House) -> None:
    await both.declare("Slow", severity="P0", service="web", assigned_to="ann")
    await both.declare("Slower", severity="P1", service="db")
    await both.declare("Slowest", severity="P3", service="db", assigned_to="ben")
    await both.post("/incidents/2/acknowledge")

    async def numbers(**query: str) -> list[int]:
        return [item["number"] for item in (await both.get("/incidents", **query))["items"]]

    assert await numbers(severity="P0,p3") == [3, 1]
    assert await numbers(status="acknowledged") == [2]
    assert await numbers(status="NEW,ACKNOWLEDGED", service="db") == [3, 2]
    assert await numbers(assigned_to="ann,ben") == [3, 1]
    assert await numbers(source="api") == [3, 2, 1]
    assert await numbers(source="prom") == []
    assert await numbers(team="everyone") == [3, 2, 1]
    assert await numbers(q="slowest") == [3]
    assert await numbers(q="slow") == [3, 2, 1]
    assert await numbers(q="?!") == []
    assert await numbers(start="2026-01-05T09:00:00Z", end="2026-01-05T09:00:01Z") == [3, 2, 1]
    assert await numbers(end="2026-01-05T10:00:00+01:00") == []
    assert await numbers(start="2026-01-06") == []


NO_SENSE: Final = (
    ({"status": "OPEN"}, "NEW, ACKNOWLEDGED"),
    ({"severity": "P9"}, "P0, P1"),
    ({"limit": "1001"}, "1 to 1000"),
    ({"limit": "0"}, "1 to 1000"),
    ({"limit": "many"}, "number"),
    ({"start": "yesterday"}, "2026-01-05T09:00:00Z"),
    ({"cursor": "x"}, "cursor"),
    ({"cursor": "bjEyMzQ1Njc4OTAxMjM0NTY3ODkw"}, "cursor"),
    ({"servrity": "P1"}, 'did you mean "severity"'),
    ({"service": "\0"}, "cannot be read"),
)


async def test_a_filter_said_twice_means_either_and_a_number_said_twice_is_told(
    house: House,
) -> None:
    for severity in ("P0", "P1", "P3"):
        await house.declare(severity=severity)
    said = await house.get("/incidents?severity=P0&severity=p3,P4")
    assert [item["severity"] for item in said["items"]] == ["P3", "P0"]

    said = await house.get("/incidents?limit=1&limit=2")
    assert (said.status, said["field"]) == (422, "limit")


async def test_a_query_that_makes_no_sense_is_told(house: House) -> None:
    for query, known in NO_SENSE:
        said = await house.get("/incidents", **query)
        assert said.status == 422, query
        assert said["field"] == next(iter(query))
        assert known in said["detail"]


async def test_fields_are_amended_in_one_go(house: House) -> None:
    await house.declare()
    said = await house.patch(
        "/incidents/1",
        {
            "title": "Checkout is down",
            "description": "Nothing goes through.",
            "category": "availability",
            "impact": "high",
            "severity": "P1",
            "service": "checkout",
            "environment": "production",
            "assigned_to": "ann",
        },
    )
    assert said.status == 200
    assert said["title"] == "Checkout is down"
    assert (said["severity"], said["initial_severity"], said["impact"]) == ("P1", "P2", "high")
    assert (said["service"], said["environment"]) == ("checkout", "production")
    assert said["assigned_to"] == "ann"
    assert "ann" in said["responders"]
    entries = await house.get("/incidents/1/entries")
    types = [entry["event_type"] for entry in entries["items"]]
    assert {"renamed", "incident_updated", "assigned", "severity_changed"} <= set(types)
    assert ids(await house.get("/search", q="down")) == ["INC-20260105-00001"]


async def test_null_clears_what_may_be_empty(house: House) -> None:
    await house.declare(service="web", assigned_to="ann", description="Long.")
    said = await house.patch(
        "/incidents/1", {"service": None, "assigned_to": None, "description": None}
    )
    assert (said["service"], said["assigned_to"], said["description"]) == (None, None, "")
    for field in ("title", "severity", "category"):
        assert (await house.patch("/incidents/1", {field: None})).status == 422


async def test_amending_nothing_changes_nothing(house: House) -> None:
    made = await house.declare()
    for body in ({}, {"title": made["title"], "severity": "P2"}):
        said = await house.patch("/incidents/1", body)
        assert said.status == 200
        assert said["version"] == made["version"]


async def test_entries_come_by_seq_and_page_by_page(house: House) -> None:
    await house.declare()
    for text in ("one", "two", "three"):
        await house.post("/incidents/1/comment", {"text": text})
    every = await house.get("/incidents/1/entries")
    seqs = [entry["seq"] for entry in every["items"]]
    assert seqs == sorted(seqs)
    assert every["next_cursor"] is None
    first = every["items"][0]
    assert first["event_type"] == "incident_created"
    assert first["actor"] == {"type": "user", "id": "ben", "name": "Ben Responder"}
    assert first["origin"]["platform"] == "api"
    assert {"field": "created_at", "old": None, "new": "2026-01-05T09:00:00Z"} not in first[
        "changes"
    ]
    page = await house.get("/incidents/1/entries", limit="2")
    rest = await house.get("/incidents/1/entries", cursor=page["next_cursor"])
    assert [*page["items"], *rest["items"]] == every["items"]
    after = await house.get("/incidents/1/entries", after=str(seqs[-2]))
    assert [entry["notes"] for entry in after["items"]] == ["three"]


async def test_a_fixed_incident_says_how_long_it_took(house: House) -> None:
    await house.declare()
    house.clock.forward(minutes=4)
    await house.post("/incidents/1/acknowledge")
    await house.post("/incidents/1/start_work")
    house.clock.forward(minutes=6)
    said = await house.post("/incidents/1/resolve", {"outcome": "fixed", "notes": "Rolled back."})
    assert (said["mtta"], said["mttr"]) == (240, 600)
    assert said["resolution"] == {
        "outcome": "fixed",
        "notes": "Rolled back.",
        "resolved_by": "ben",
    }


async def test_a_false_alarm_counts_in_no_average(house: House) -> None:
    await house.declare()
    await house.post("/incidents/1/acknowledge")
    await house.post("/incidents/1/start_work")
    said = await house.post("/incidents/1/resolve", {"outcome": "false_alarm"})
    assert said["status"] == "RESOLVED"
    assert said["mtta"] is said["mttr"] is None


async def test_an_incident_is_found_by_its_words_and_its_number(house: House) -> None:
    await house.declare("Database is full", description="The disk of db-7 fills up.")
    await house.declare("Checkout is slow")
    said = await house.get("/search", q="disk fil", kind="incident")
    (hit,) = said["items"]
    assert (hit["id"], hit["kind"]) == ("INC-20260105-00001", "incident")
    assert "disk of db-7" in hit["snippet"]
    assert re.match(r"\d", str(hit["score"]))
    assert ids(await house.get("/search", q="#2"))[0] == "INC-20260105-00002"
    assert (await house.get("/search", q="nothing like it"))["items"] == []
    assert (await house.get("/search")).status == 422
    assert "incident, knowledge, all" in (await house.get("/search", q="x", kind="book"))["detail"]
