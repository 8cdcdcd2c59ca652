"""A door's answer in one write says what aiohttp's own way would have said."""

import asyncio
import json
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime

import pytest

from tests.fakes.doors import House, open_house

BODY = b'{"alerts": [{"status": "firing", "labels": {"alertname": "down"}}]}'
EVENT = (
    b'{"event_id": "e", "source": "web", "timestamp": "2026-01-05T10:00:00Z", "title": "down",'
    b' "severity": "high"}'
)
ENQUEUED = (
    b'{"routing_key": "' + b"k" * 32 + b'", "event_action": "trigger", "dedup_key": "d",'
    b' "payload": {"summary": "down", "source": "web", "severity": "critical"}}'
)
DOORS = {
    "/webhooks/alertmanager": BODY,
    "/webhooks/%61lertmanager": BODY,
    "/api/v1/events": EVENT,
    "/api/v1/events/batch": b'{"events": [' + EVENT + b'], "batch_id": "b"}',
    "/v2/enqueue": ENQUEUED,
}


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house(dev=True) as made:
        yield made


async def say(house: House, *requests: bytes) -> bytes:
    """All of them on one connection, at once, until the server closes it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.client.port)
    writer.write(b"".join(requests))
    try:
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()


def post(path: str, body: bytes = b"", *, version: str = "1.1", connection: str = "") -> bytes:
    said = f"POST {path} HTTP/{version}\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
    said += f"Connection: {connection}\r\n" if connection else ""
    return f"{said}\r\n".encode() + body


def read(answer: bytes) -> tuple[str, dict[str, str], bytes]:
    """(status, headers, body)."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return status, dict(line.split(": ", 1) for line in lines), body


@pytest.mark.parametrize("path", DOORS)
async def test_both_ways_say_the_same(house: House, path: str) -> None:
    at_once, slowly = (
        (await say(house, post(path, DOORS[path]), post(path, DOORS[path], connection="close")))
        .replace(b"HTTP/1.1 202", b"\0HTTP/1.1 202")
        .split(b"\0")[1:]
    )
    status, headers, body = read(at_once)
    same, more, other = read(slowly)
    assert status == same == "HTTP/1.1 202 Accepted"
    assert json.loads(body).keys() == json.loads(other).keys()
    assert len(body) == int(headers["Content-Length"])
    assert "Connection" not in headers
    assert more.pop("Connection") == "close"
    del more["Server"]  # which program it is helps those only who mean harm
    for said in (headers, more):
        assert parsedate_to_datetime(said.pop("Date")).tzinfo is not None
        del said["Content-Length"]
    assert headers == more


@pytest.mark.parametrize(
    "last", [{"version": "1.0"}, {"connection": "close"}], ids=["HTTP/1.0", "close"]
)
async def test_who_sends_several_at_once_is_answered_in_order(
    house: House, last: dict[str, str]
) -> None:
    path = "/webhooks/alertmanager"
    said = await say(house, post(path, BODY), post(path, b"{"), post(path, BODY, **last))
    assert [said.find(status) >= 0 for status in (b" 202 ", b" 400 ")] == [True, True]
    first, second, third = said.split(b"HTTP/1.")[1:]
    assert first.startswith(b"1 202 Accepted\r\n")
    assert second.startswith(b"1 400 ")
    assert third[1:].startswith(b" 202 Accepted\r\n")
    assert len(house.engine.arrivals) == 2


async def test_who_hangs_up_before_the_answer_disturbs_nobody(house: House) -> None:
    for _ in range(3):
        _, writer = await asyncio.open_connection("127.0.0.1", house.client.port)
        writer.write(post("/webhooks/alertmanager", BODY))
        await writer.drain()
        writer.transport.abort()
    async with house.client.post("/webhooks/alertmanager", data=BODY) as response:
        assert response.status == 202
