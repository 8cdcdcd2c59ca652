"""The neutral event's own API."""

import gzip
import json
from io import BytesIO
from typing import Any

import pytest

from bot.domain.people import Right
from handlers.alerts import Source
from handlers.doors.directory import Entrance
from tests.fakes.doors import House, open_house

SENTINEL = Entrance(source=Source(name="sentinel", kind="muster"), token="sentinel-key")
PROM = Entrance(source=Source(name="prom", kind="alertmanager"), token="prom-key")


def event(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "event_id": f"e{number}",
        "source": "llm-sentinel",
        "timestamp": "2026-01-05T10:00:00Z",
        "title": f"Trouble {number}",
        "severity": "high",
        **more,
    }


async def send(
    house: House, body: Any, path: str = "/api/v1/events", **headers: str
) -> tuple[int, dict[str, Any]]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with house.client.post(path, data=BytesIO(data), headers=headers) as response:
        return response.status, await response.json(content_type=None)


async def send_batch(house: House, events: Any, **more: Any) -> tuple[int, dict[str, Any]]:
    return await send(house, {"events": events, **more}, "/api/v1/events/batch")


async def test_an_event_opens_an_incident() -> None:
    async with open_house(dev=True) as house:
        status, said = await send(house, event())
    assert status == 202
    assert said == {
        "status": "accepted",
        "event_id": "e1",
        "incident_id": "INC-20260105-00001",
        "decision": "OPENED",
        "message": "Opened INC-20260105-00001.",
    }
    (arrival,) = house.engine.arrivals
    assert arrival.deduplicates_events
    assert arrival.alerts[0].source == "llm-sentinel"


async def test_another_event_of_the_same_trouble_is_a_duplicate() -> None:
    async with open_house(dev=True) as house:
        await send(house, event())
        status, said = await send(house, event(event_id="e9"))
    assert status == 202
    assert said["status"] == "duplicate"
    assert said["incident_id"] == "INC-20260105-00001"
    assert said["decision"] == "DUPLICATE"


async def test_the_same_event_again_gets_its_first_reply() -> None:
    async with open_house(dev=True) as house:
        first = await send(house, event())
        assert await send(house, event()) == first


async def test_unknown_fields_are_kept_or_refused_as_the_settings_say() -> None:
    async with open_house(dev=True) as house:
        assert (await send(house, event(mood="bad")))[0] == 202
    async with open_house(dev=True, strict=True) as house:
        status, said = await send(house, event(mood="bad"))
    assert status == 422
    assert "`mood`" in said["detail"]
    assert said["dead_letter"] == "letter-1"


async def test_one_event_is_one_event() -> None:
    async with open_house(dev=True) as house:
        assert (await send(house, {"events": [event(1), event(2)]}))[0] == 422
        assert (await send(house, [event()]))[0] == 422


async def test_a_batch_answers_each_event_in_order() -> None:
    async with open_house(dev=True) as house:
        events = [event(1), event(2, title=""), event(1, event_id="e7"), "nonsense"]
        status, said = await send_batch(house, events, batch_id="b1", count=4)
    assert status == 202
    assert (said["batch_id"], said["accepted"], said["rejected"]) == ("b1", 2, 2)
    assert [result["status"] for result in said["results"]] == [
        "accepted",
        "rejected",
        "duplicate",
        "rejected",
    ]
    assert [result["event_id"] for result in said["results"]] == ["e1", "e2", "e7", None]
    assert said["results"][1]["message"].startswith("`title` must be given")
    assert said["results"][1]["dead_letter"] == "letter-1"
    assert said["results"][1]["incident_id"] is None
    assert json.loads(house.engine.letters[0][1]) == events[1]
    (arrival,) = house.engine.arrivals
    assert len(arrival.alerts) == 2


async def test_a_batch_without_an_id_gets_one() -> None:
    async with open_house(dev=True) as house:
        assert (await send_batch(house, []))[1] == {
            "batch_id": "batch-1",
            "accepted": 0,
            "rejected": 0,
            "results": [],
        }


async def test_a_batch_holds_a_hundred() -> None:
    async with open_house(dev=True) as house:
        assert (await send_batch(house, [event(n) for n in range(100)]))[1]["accepted"] == 100
        assert (await send_batch(house, [event(n) for n in range(101)]))[0] == 413


@pytest.mark.parametrize("body", [[], {}, {"events": {}}, "x"])
async def test_a_batch_that_is_none_is_kept(body: Any) -> None:
    async with open_house(dev=True) as house:
        status, said = await send(house, body, "/api/v1/events/batch")
    assert status == 422
    assert said["dead_letter"] == "letter-1"


async def test_a_batch_may_be_compressed_and_large_but_no_bomb() -> None:
    large = json.dumps({"events": [event(n, description="x" * 9_000) for n in range(100)]}).encode()
    events = [event(n, description=f"{n:x}" * 3_000) for n in range(100)]
    packed = gzip.compress(json.dumps({"events": events}).encode())
    bomb = gzip.compress(b'{"events": []' + b" " * 4_000_000 + b"}")
    async with open_house(dev=True) as house:
        path = "/api/v1/events/batch"
        assert len(large) > 512 * 1024
        assert (await send(house, large, path))[0] == 202
        zipped = {"Content-Encoding": "gzip"}
        assert (await send(house, packed, path, **zipped))[0] == 202
        assert (await send(house, bomb, path, **zipped))[0] == 413
        assert (await send(house, b" " * (5 * 1024 * 1024 + 1), path))[0] == 413


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Sentinel-API-Key": "sentinel-key"},
        {"Authorization": "Bearer sentinel-key"},
        {"Authorization": "Bearer mst_writer"},
        {"X-API-Key": "mst_source"},
    ],
)
async def test_these_may_send_events(headers: dict[str, str]) -> None:
    async with open_house(SENTINEL, PROM) as house:
        add_tokens(house)
        assert (await send(house, event(), **headers))[0] == 202


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"X-Sentinel-API-Key": "prom-key"}, 401),
        ({"X-Sentinel-API-Key": "mst_unknown"}, 401),
        ({"Authorization": "Bearer mst_reader"}, 403),
    ],
)
async def test_these_may_not(headers: dict[str, str], status: int) -> None:
    async with open_house(SENTINEL, PROM) as house:
        add_tokens(house)
        assert (await send(house, event(), **headers))[0] == status
        assert (await send(house, [], "/api/v1/events/batch", **headers))[0] == status
        assert house.engine.letters == []


async def test_what_became_of_an_event() -> None:
    async with open_house(SENTINEL) as house:
        add_tokens(house)
        await send(house, event(), **{"X-API-Key": "mst_writer"})
        reader = {"Authorization": "Bearer mst_reader"}
        async with house.client.get("/api/v1/events/e1", headers=reader) as response:
            assert await response.json() == {
                "event_id": "e1",
                "incident_id": "INC-20260105-00001",
            }
        async with house.client.get("/api/v1/events/e2", headers=reader) as response:
            assert response.status == 404
        async with house.client.get("/api/v1/events/e1") as response:
            assert response.status == 401


async def test_a_sender_has_so_many_requests_a_minute() -> None:
    async with open_house(SENTINEL, per_minute=60) as house:
        add_tokens(house)
        key = {"X-Sentinel-API-Key": "sentinel-key"}
        statuses = [(await send(house, event(n), **key))[0] for n in range(61)]
        assert statuses == [202] * 60 + [429]
        assert (await send(house, event(), **{"X-API-Key": "mst_writer"}))[0] == 202
        house.clock.seconds += 1
        assert (await send(house, event(), **key))[0] == 202
        async with house.client.post("/api/v1/events", data=b"{}", headers=key) as response:
            assert response.status == 429
            assert response.headers["Retry-After"] == "1"


def add_tokens(house: House) -> None:
    house.tokens.add("mst_writer", "api", right=Right.RESPONDER)
    house.tokens.add("mst_reader", "api", right=Right.VIEWER)
    house.tokens.add("mst_source", "source:sentinel")
