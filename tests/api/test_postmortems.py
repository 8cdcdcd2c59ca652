"""Postmortems, marks and follow-ups by REST."""

from typing import Any

import pytest

from tests.api.house import House

CAUSE = {"section": "root_cause", "values": {"description": "The cache had no limit."}}


async def over(house: House, by: str = "cai", **said: Any) -> str:
    """An incident that is resolved and drafted; its id."""
    made = await house.declare("Checkout <b>is</b> slow", by=by, service="shop", **said)
    for action in ("acknowledge", "start_work", "resolve"):
        house.clock.forward(minutes=5)
        await house.post(f"/incidents/{made['id']}/{action}", {}, by=by)
    drafted = await house.post(f"/incidents/{made['id']}/postmortem", {}, by=by)
    assert drafted.status == 200, drafted.told
    return str(made["id"])


async def test_a_postmortem_has_every_field_of_the_reference(house: House) -> None:
    id = await over(house)
    said = await house.get(f"/incidents/{id}/postmortem", by="vic")
    assert said.status == 200
    assert {"timestamp", "description", "type"} == set(said["timeline"][0])
    assert said["timeline"][0]["type"] == "detection"
    assert set(said["root_cause"]) == {"description", "contributing_factors", "why_undetected"}
    assert said["impact"]["affected_services"] == ["shop"]
    assert said["impact"]["duration"] == 900
    assert set(said["resolution"]) == {"description", "actions_taken", "effective_actions"}
    assert (said["status"], said["missing"]) == ("draft", ["Root cause"])
    assert said["durations"]["mtta"] == 300
    assert said.headers["ETag"] == '"1"'


async def test_a_stale_save_is_refused_with_both_texts(house: House) -> None:
    id = await over(house)
    path = f"/incidents/{id}/postmortem"
    saved = await house.patch(path, {**CAUSE, "version": 1}, by="cai")
    assert saved["sections"]["root_cause"]["version"] == 2
    mine = {"section": "root_cause", "values": {"description": "The disk."}, "version": 1}
    late = await house.patch(path, mine, by="ann")
    assert late.status == 412
    assert late["current"] == {"description": "The cache had no limit."}
    assert late["yours"] == {"description": "The disk."}
    assert late["version"] == 2
    other = {"section": "lessons", "values": {"lessons_learned": "Limits."}, "version": 1}
    assert (await house.patch(path, other, by="ann")).status == 200, "another section is free"
    stale = await house.patch(path, CAUSE, by="ann", headers={"If-Match": '"2"'})
    assert stale.status == 412
    good = await house.patch(path, CAUSE, by="ann", headers={"If-Match": '"3"'})
    assert good.status == 200


async def test_only_managers_publish_and_it_is_exported(house: House) -> None:
    id = await over(house)
    path = f"/incidents/{id}/postmortem"
    await house.patch(path, CAUSE, by="cai")
    assert (await house.patch(path, CAUSE, by="ben")).status == 403
    assert (await house.post(f"{path}/publish", {}, by="cai")).status == 403
    assert (await house.get(path, published="true")).status == 404
    done = await house.post(f"{path}/publish", {}, by="eva")
    assert (done["status"], done["published"]["version"]) == ("published", 1)
    assert (await house.post(f"{path}/publish", {}, by="eva")).status == 409
    frozen = await house.get(path, published="true", by="vic")
    assert frozen["root_cause"]["description"] == "The cache had no limit."

    async with house.client.get(
        f"/api/v1{path}", params={"format": "html"}, headers={"Authorization": "Bearer mst_vic"}
    ) as page:
        html, kind = await page.text(), page.content_type
    assert kind == "text/html"
    assert "<b>is</b>" not in html
    assert "&lt;b&gt;is&lt;/b&gt;" in html
    async with house.client.get(
        f"/api/v1{path}", params={"format": "markdown"}, headers={"Authorization": "Bearer mst_vic"}
    ) as page:
        text, kind = await page.text(), page.content_type
    assert kind == "text/markdown"
    assert text.startswith("# Checkout \\<b\\>is\\</b\\> slow\n")
    assert "## Root cause" in text


async def test_a_private_one_is_not_there_for_others(house: House) -> None:
    id = await over(house, private=True)
    for by in ("vic", "eva"):
        assert (await house.get(f"/incidents/{id}/postmortem", by=by)).status == 404
    assert (await house.get(f"/incidents/{id}/postmortem", by="cai")).status == 200
    assert (await house.post(f"/incidents/{id}/postmortem/publish", {}, by="eva")).status == 404


async def test_marks_change_what_an_incident_measures(house: House) -> None:
    id = await over(house)
    before = await house.get(f"/incidents/{id}")
    assert (before["mttd"], before["mttr"]) == (None, 900)
    marks = {"impact_started_at": "2026-01-05T08:50:00Z", "ended_at": "2026-01-05T09:10:00+00:00"}
    said = await house.patch(f"/incidents/{id}/marks", marks)
    assert (said["mttd"], said["mtta"], said["mttr"]) == (600, 300, 1200)
    wrong = await house.patch(f"/incidents/{id}/marks", {"ended_at": "2026-01-05T08:00:00Z"})
    assert (wrong.status, wrong["field"]) == (422, "ended_at")
    gone = await house.patch(f"/incidents/{id}/marks", {"impact_started_at": None})
    assert gone["impact_started_at"] is None
    assert gone["mttr"] == 600


async def test_follow_ups_are_made_listed_and_ended(house: House) -> None:
    id = await over(house)
    made = await house.post(
        "/followups",
        {"incident_id": id, "description": "Limit it", "owner": "ann", "due_date": "2026-01-06"},
    )
    assert (made.status, made["status"], made["overdue"]) == (201, "open", False)
    await house.post("/followups", {"incident_id": id, "description": "Whenever"})
    house.clock.forward(days=3)
    listed = await house.get("/followups")
    assert [one["description"] for one in listed["items"]] == ["Limit it", "Whenever"]
    late = await house.get("/followups", overdue="true", owner="ann")
    assert [one["id"] for one in late["items"]] == [made["id"]]
    path = f"/followups/{made['id']}"
    assert (await house.patch(path, {"status": "wont_do"})).status == 422
    done = await house.patch(path, {"status": "wont_do", "reason": "It is gone."})
    assert (done["status"], done["reason"]) == ("wont_do", "It is gone.")
    assert (await house.patch(path, {"due_date": None}))["due_date"] is None
    assert (await house.get("/tasks"))["items"] == [], "a follow-up is no task"
    shown = await house.get(f"/incidents/{id}/postmortem")
    assert [item["status"] for item in shown["action_items"]] == ["wont_do", "open"]


@pytest.mark.parametrize("day", [0, 20260106, "20260106", "1767657600", "tomorrow", True])
async def test_a_number_is_no_day_and_no_time(house: House, day: Any) -> None:
    """20260106 was a day in August 1970, and the follow-up overdue from the beginning."""
    id = await over(house)
    body = {"incident_id": id, "description": "Limit it", "due_date": day}
    made = await house.post("/followups", body)
    assert (made.status, made["field"]) == (422, "due_date")
    assert "2026-01-05" in made["detail"]
    marked = await house.patch(f"/incidents/{id}/marks", {"detected_at": day})
    assert (marked.status, marked["field"]) == (422, "detected_at")


async def test_a_repeat_adds_one_follow_up(house: House) -> None:
    id = await over(house)
    body = {"incident_id": id, "description": "Limit it"}
    for _ in range(2):
        said = await house.post("/followups", body, headers={"Idempotency-Key": "k"})
        assert said.status == 201
    assert len((await house.get("/followups"))["items"]) == 1
