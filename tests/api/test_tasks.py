"""Tasks by REST: made, listed, changed, each once and only for whom the incident exists."""

import pytest

from tests.api.house import House, ids


async def test_a_task_is_made_and_shown(both: House) -> None:
    incident = await both.declare()
    made = await both.post(
        "/tasks", {"incident_id": "1", "text": "Check the cache", "owner": "ann"}
    )
    assert made.status == 201
    assert made.told == {
        "id": "1-1",
        "incident_id": incident["id"],
        "number": 1,
        "text": "Check the cache",
        "owner": "ann",
        "state": "open",
        "reason": "",
        "created_by": "ben",
        "created_at": "2026-01-05T09:00:00Z",
        "ended_by": None,
        "ended_at": None,
    }
    assert made.headers["Location"] == "/api/v1/tasks/1-1"
    assert (await both.get("/tasks/1-1")).told == made.told
    (short,) = (await both.get("/incidents/1"))["tasks"]
    assert short == {"id": "1-1", "text": "Check the cache", "owner": "ann", "state": "open"}
    (listed,) = (await both.get("/incidents"))["items"]
    assert listed["tasks"] == [short]


async def test_a_task_is_ended_and_opened_again(both: House) -> None:
    await both.declare()
    await both.post("/tasks", {"incident_id": "1", "text": "Check the cache"})
    both.clock.forward(minutes=5)
    done = await both.patch("/tasks/1-1", {"state": "done"}, by="ann")
    assert (done["state"], done["ended_by"], done["ended_at"]) == (
        "done",
        "ann",
        "2026-01-05T09:05:00Z",
    )
    again = await both.patch("/tasks/1-1", {"state": "open", "owner": "ben"})
    assert (again["state"], again["ended_at"], again["owner"]) == ("open", None, "ben")
    nobody = await both.patch("/tasks/1-1", {"owner": None})
    assert nobody["owner"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"state": "wont_do"}, "reason"),
        ({"owner": "zed"}, "owner"),
        ({"text": "  "}, "text"),
        ({"state": "maybe"}, "state"),
        ({"done": True}, "done"),
    ],
)
async def test_what_is_wrong_is_named(house: House, body: dict[str, object], field: str) -> None:
    await house.declare()
    await house.post("/tasks", {"incident_id": "1", "text": "Check the cache"})
    refused = await house.patch("/tasks/1-1", body)
    assert (refused.status, refused["field"]) == (422, field)


async def test_lists_are_chosen_and_paged_newest_first(both: House) -> None:
    for number in (1, 2):
        await both.declare(f"Trouble {number}")
    for place in range(5):
        both.clock.forward(seconds=1)
        body = {"incident_id": str(1 + place % 2), "text": f"Step {place}"}
        await both.post("/tasks", {**body, "owner": "ann"} if place < 2 else body)
    await both.patch("/tasks/1-1", {"state": "done"})
    assert ids(await both.get("/tasks")) == ["1-3", "2-2", "1-2", "2-1", "1-1"]
    assert ids(await both.get("/tasks", incident="2")) == ["2-2", "2-1"]
    assert ids(await both.get("/tasks", owner="ann", state="open")) == ["2-1"]
    first = await both.get("/tasks", limit="2")
    await both.post("/tasks", {"incident_id": "1", "text": "Meanwhile"})
    second = await both.get("/tasks", limit="2", cursor=first["next_cursor"])
    third = await both.get("/tasks", limit="2", cursor=second["next_cursor"])
    assert ids(first) + ids(second) + ids(third) == ["1-3", "2-2", "1-2", "2-1", "1-1"]
    assert third["next_cursor"] is None
    assert (await both.get("/tasks", cursor="nonsense")).status == 422


async def test_tasks_of_a_private_incident_are_its_members_alone(both: House) -> None:
    await both.declare(by="ann", private=True)
    await both.post("/tasks", {"incident_id": "1", "text": "Hush"}, by="ann")
    assert (await both.get("/tasks", by="ben"))["items"] == []
    assert (await both.get("/tasks/1-1", by="ben")).status == 404
    assert (await both.patch("/tasks/1-1", {"state": "done"}, by="ben")).status == 404
    told = {"incident_id": "1", "text": "Me too"}
    assert (await both.post("/tasks", told, by="ben")).status == 404
    assert ids(await both.get("/tasks", by="ann")) == ["1-1"]


async def test_a_repeat_makes_one_task(house: House) -> None:
    await house.declare()
    body = {"incident_id": "1", "text": "Check the cache"}
    key = {"Idempotency-Key": "k1"}
    first = await house.post("/tasks", body, headers=key)
    again = await house.post("/tasks", body, headers=key)
    assert (again.status, again.told) == (201, first.told)
    assert ids(await house.get("/tasks")) == ["1-1"]
    for _ in range(2):
        done = await house.patch("/tasks/1-1", {"state": "done"}, headers={"Idempotency-Key": "k2"})
        assert done["state"] == "done"
    types = [entry["event_type"] for entry in (await house.get("/incidents/1/entries"))["items"]]
    assert types == ["incident_created", "task_added", "task_changed"]


@pytest.mark.parametrize("id", ["1", "1-0", "1-9", "9-1", "x", "1-1-1", "99999999999999999-1"])
async def test_an_id_of_no_task_is_404(house: House, id: str) -> None:
    await house.declare()
    await house.post("/tasks", {"incident_id": "1", "text": "Check the cache"})
    assert (await house.get(f"/tasks/{id}")).status == 404
