"""Asked twice, done once, answered alike."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from bot.ports import failpoint
from tests.api.house import House

KEY = {"Idempotency-Key": "k-1"}
BODY = {"title": "Checkout is slow", "severity": "P1"}


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    failpoint.arm("")


async def count(house: House) -> int:
    return len((await house.get("/incidents", limit="1000"))["items"])


async def test_the_same_request_gets_the_first_reply_again(both: House) -> None:
    first = await both.post("/incidents", BODY, headers=KEY)
    await both.post("/incidents/1/acknowledge")
    again = await both.post("/incidents", BODY, headers=KEY)
    assert (again.status, again.raw) == (first.status, first.raw) == (201, first.raw)
    for name in ("Location", "ETag", "Content-Type"):
        assert again.headers[name] == first.headers[name]
    assert await count(both) == 1


async def test_it_is_the_same_request_however_its_json_is_written(house: House) -> None:
    await house.post("/incidents", BODY, headers=KEY)
    data = b'{ "severity": "P1",\n "title": "Checkout is slow" }'
    assert (await house.post("/incidents", data=data, headers=KEY)).status == 201
    assert await count(house) == 1


async def test_another_request_with_the_same_key_is_refused(house: House) -> None:
    await house.post("/incidents", BODY, headers=KEY)
    for path, body in (
        ("/incidents", {"title": "Another"}),
        ("/incidents/1/acknowledge", {}),
    ):
        said = await house.post(path, body, headers=KEY)
        assert (said.status, said["field"]) == (422, "Idempotency-Key")
    assert await count(house) == 1


async def test_keys_are_everybodys_own(house: House) -> None:
    await house.post("/incidents", BODY, headers=KEY, by="ben")
    await house.post("/incidents", BODY, headers=KEY, by="ann")
    await house.post("/incidents", BODY, headers=KEY, by="robot")
    assert await count(house) == 3


async def test_twenty_at_once_open_one_incident(both: House) -> None:
    said = await asyncio.gather(*(both.post("/incidents", BODY, headers=KEY) for _ in range(20)))
    assert Counter(one.status for one in said) == {201: 20}
    assert len({one.raw for one in said}) == 1
    assert await count(both) == 1


async def test_twenty_comments_at_once_are_one_entry(both: House) -> None:
    await both.declare()
    said = await asyncio.gather(
        *(both.post("/incidents/1/comment", {"text": "Once."}, headers=KEY) for _ in range(20))
    )
    assert {one.status for one in said} == {200}
    entries = (await both.get("/incidents/1/entries"))["items"]
    assert [entry["notes"] for entry in entries].count("Once.") == 1


async def test_a_refusal_is_repeated_too(house: House) -> None:
    await house.declare()
    refused = await house.post("/incidents/1/resolve", {}, headers=KEY)
    await house.post("/incidents/1/acknowledge")
    await house.post("/incidents/1/start_work")
    again = await house.post("/incidents/1/resolve", {}, headers=KEY)
    assert (again.status, again.raw) == (refused.status, refused.raw)
    assert again.status == 409
    stale = await house.patch(
        "/incidents/1", {"title": "x"}, headers={"Idempotency-Key": "k-2", "If-Match": '"1"'}
    )
    repeat = await house.patch(
        "/incidents/1", {"title": "x"}, headers={"Idempotency-Key": "k-2", "If-Match": '"1"'}
    )
    assert (repeat.status, repeat.raw) == (stale.status, stale.raw)
    assert repeat.status == 412


async def test_a_body_that_was_refused_may_be_mended_under_its_key(house: House) -> None:
    assert (await house.post("/incidents", {"titel": "x"}, headers=KEY)).status == 422
    assert (await house.post("/incidents", {"title": "x"}, headers=KEY)).status == 201


async def test_a_patch_that_was_done_is_not_stale_when_repeated(house: House) -> None:
    made = await house.declare()
    headers = {**KEY, "If-Match": f'"{made["version"]}"'}
    first = await house.patch("/incidents/1", {"title": "Down"}, headers=headers)
    again = await house.patch("/incidents/1", {"title": "Down"}, headers=headers)
    assert first.status == 200
    assert (again.status, again.raw) == (first.status, first.raw)


async def test_after_a_day_the_key_is_free_again(house: House) -> None:
    await house.post("/incidents", BODY, headers=KEY)
    house.clock.forward(hours=23, minutes=59)
    await house.post("/incidents", BODY, headers=KEY)
    assert await count(house) == 1
    house.clock.forward(minutes=2)
    assert (await house.post("/incidents", {"title": "Another"}, headers=KEY)).status == 201
    assert (await house.post("/incidents", {"title": "Another"}, headers=KEY)).status == 201
    assert await count(house) == 2


@pytest.mark.parametrize(
    ("path", "body", "method"),
    [
        ("/incidents", {"title": "Slow", "private": True}, "POST"),
        ("/incidents/1/acknowledge", {}, "POST"),
        ("/incidents/1/comment", {"text": "Once."}, "POST"),
        ("/incidents/1", {"title": "Down", "severity": "P0"}, "PATCH"),
        ("/silences", {"matchers": ["service=web"], "comment": "Once."}, "POST"),
    ],
)
async def test_a_reply_that_was_lost_is_made_up_for_without_acting_again(
    house: House, path: str, body: Any, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.api.once.PATIENCE", 1)
    monkeypatch.setattr("handlers.api.once.PAUSE", 0.0)
    await house.declare()
    failpoint.arm("rest.before_answer:1:raise")
    assert (await house.call(method, path, body, headers=KEY)).status == 500
    before = await everything(house)
    again = await house.call(method, path, body, headers=KEY)
    assert again.status in (200, 201)
    assert await everything(house) == before
    thrice = await house.call(method, path, body, headers=KEY)
    assert (thrice.status, thrice.raw) == (again.status, again.raw)
    if path == "/incidents":
        assert again["id"] == "INC-20260105-00002"


async def everything(house: House) -> tuple[int, int, int]:
    async with house.store.reading() as connection:
        rows = [
            (await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()
            for table in ("incidents", "entries", "silences")
        ]
    return rows[0], rows[1], rows[2]


async def test_what_died_before_it_acted_acts_when_repeated(house: House) -> None:
    failpoint.arm("rest.after_keep:1:raise")
    assert (await house.post("/incidents", BODY, headers=KEY)).status == 500
    assert await count(house) == 0
    assert (await house.post("/incidents", BODY, headers=KEY)).status == 201
    assert await count(house) == 1


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "a b", "ä"])
async def test_a_key_that_cannot_be_kept_is_refused(house: House, key: str) -> None:
    said = await house.post("/incidents", BODY, headers={"Idempotency-Key": key})
    assert said.status == 400
    assert await count(house) == 0


async def test_reading_needs_no_key(house: House) -> None:
    assert (await house.call("GET", "/incidents", headers=KEY)).status == 200
