"""A private incident of others is nowhere: not listed, not counted, not found, not refused."""

import re
from typing import Any

from sqlalchemy import update

from bot.domain.alert import AlertStatus
from bot.ports.queries import Viewer
from storage import tables as t
from tests.api.house import House, ids


async def private_one(house: House) -> Any:
    """#1 is Ann's own, about the merger; #2 is everybody's."""
    made = await house.declare("Merger leaked", by="ann", private=True, service="legal")
    await house.declare("Checkout is slow", by="ben")
    assert made["visibility"] == "private"
    return made


async def test_it_is_in_no_list_and_no_search(both: House) -> None:
    await private_one(both)
    for by in ("ben", "eva", "robot"):
        assert ids(await both.get("/incidents", by=by)) == ["INC-20260105-00002"]
        assert ids(await both.get("/incidents", by=by, service="legal")) == []
        assert ids(await both.get("/incidents", by=by, q="merger")) == []
        assert ids(await both.get("/search", by=by, q="merger")) == []
        assert ids(await both.get("/search", by=by, q="#1")) == []
    assert len(ids(await both.get("/incidents", by="ann"))) == 2
    assert ids(await both.get("/search", by="ann", q="merger")) == ["INC-20260105-00001"]


async def test_it_is_not_counted(both: House) -> None:
    await private_one(both)
    assert (await both.queries.counts(Viewer("ben"))).by_status == {"NEW": 1}
    assert (await both.queries.counts(Viewer())).by_severity == {"P2": 1}
    assert (await both.queries.counts(Viewer("ann"))).by_status == {"NEW": 2}
    assert (await both.queries.counts(Viewer(everything=True))).by_status == {"NEW": 2}


async def test_every_error_about_it_is_that_of_one_that_never_was(house: House) -> None:
    """Byte for byte; only the number asked for differs."""
    await private_one(house)
    calls: tuple[tuple[str, str, Any], ...] = (
        ("GET", "", None),
        ("GET", "/entries", None),
        ("PATCH", "", {"title": "Mine"}),
        ("PATCH", "", {}),
        ("POST", "/acknowledge", {}),
        ("POST", "/take", {}),
        ("POST", "/resolve", {}),
        ("POST", "/reopen", {}),
        ("POST", "/assign", {"to": "ben"}),
        ("POST", "/comment", {"text": "Hello?"}),
    )
    for by in ("ben", "vic", "eva", "robot"):
        for method, path, body in calls:
            for headers in ({}, {"If-Match": '"99"'}):
                hidden = await house.call(
                    method, f"/incidents/1{path}", body, by=by, headers=headers
                )
                missing = await house.call(
                    method, f"/incidents/7{path}", body, by=by, headers=headers
                )
                assert hidden.status == missing.status == 404
                assert hidden.raw == missing.raw.replace(b"#7", b"#1")
                assert _plain(hidden.headers) == _plain(missing.headers)
    assert (await house.get("/incidents/1", by="ann"))["title"] == "Merger leaked"


def _plain(headers: Any) -> dict[str, str]:
    return {name: said for name, said in headers.items() if name not in {"Date", "Content-Length"}}


async def test_its_alerts_and_events_are_hidden_with_it(both: House) -> None:
    verdict = await both.alert("Badge reader down", event_id="e1")
    other = await both.alert("Disk full", event_id="e2")
    async with both.store.database.writer.begin() as connection:
        await connection.execute(
            update(t.incidents).where(t.incidents.c.number == 1).values(visibility="private")
        )
    assert verdict.incident_id == "INC-20260105-00001"
    listed = await both.get("/alerts")
    assert [alert["title"] for alert in listed["items"]] == ["Disk full"]
    assert [a["title"] for a in (await both.get("/alerts", source="prom"))["items"]] == [
        "Disk full"
    ]
    hidden, missing = (
        await both.get("/alerts", incident="1"),
        await both.get("/alerts", incident="9"),
    )
    assert hidden.status == missing.status == 404
    assert hidden.raw == missing.raw.replace(b"#9", b"#1")
    assert await both.queries.event("e1", Viewer("ben")) is None
    found = await both.queries.event("e2", Viewer("ben"))
    assert found is not None
    assert found.incident_id == other.incident_id
    assert await both.queries.alerts_of(1, Viewer("ben")) == []
    assert await both.queries.entries(1, Viewer("ben")) == []
    assert await both.queries.pages_of(1, Viewer("ben")) == []


async def test_what_points_at_it_points_nowhere(house: House) -> None:
    await house.alert(dedup_key="disk")
    await house.alert(dedup_key="disk", status=AlertStatus.RESOLVED, settles_at_once=True)
    assert (await house.get("/incidents/1"))["status"] == "RESOLVED"
    house.clock.forward(hours=1)
    await house.alert(dedup_key="disk")
    assert (await house.get("/incidents/2"))["related_to"] == "INC-20260105-00001"
    async with house.store.database.writer.begin() as connection:
        await connection.execute(
            update(t.incidents).where(t.incidents.c.number == 1).values(visibility="private")
        )
    for said in (
        await house.get("/incidents/2"),
        await house.get("/incidents"),
        await house.get("/incidents/2/entries"),
    ):
        assert not re.search(rb'related_to","old":null,"new":[^n]|INC-20260105-00001', said.raw)


async def test_who_is_assigned_sees_it_from_then_on(house: House) -> None:
    await private_one(house)
    assert (await house.get("/incidents/1", by="ben")).status == 404
    await house.patch("/incidents/1", {"assigned_to": "ben"}, by="ann")
    assert (await house.get("/incidents/1", by="ben")).status == 200


async def test_a_silence_made_from_it_is_its_members_alone(house: House) -> None:
    await house.alert("Badge reader down")
    async with house.store.database.writer.begin() as connection:
        await connection.execute(
            update(t.incidents)
            .where(t.incidents.c.number == 1)
            .values(visibility="private", members=["ann"])
        )
        await connection.execute(
            t.members.insert().values(tenant="default", incident=1, person="ann")
        )
    made = await house.post("/silences", {"incident_id": "1"}, by="ann")
    assert made.status == 201
    assert made["incident_id"] == "INC-20260105-00001"
    assert (await house.get("/silences", by="ben"))["items"] == []
    assert (await house.get(f"/silences/{made['id']}", by="ben")).status == 404
    assert (await house.call("DELETE", f"/silences/{made['id']}", by="ben")).status == 404
    refused = await house.post("/silences", {"incident_id": "1"}, by="ben")
    assert refused.status == 404
    assert len((await house.get("/silences", by="ann"))["items"]) == 1
