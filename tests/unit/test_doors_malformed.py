"""Forty nasty bodies at every door: never a 5xx, always a sentence."""

import gzip
import json
from io import BytesIO
from typing import Any

import pytest

from handlers.alerts import SOURCES
from tests.fakes.doors import House, open_house

DOORS = (
    *(f"/webhooks/{kind}" for kind in SOURCES),
    "/v2/enqueue",
    "/api/v1/events",
    "/api/v1/events/batch",
)

NEUTRAL: dict[str, Any] = {
    "event_id": "e",
    "source": "s",
    "timestamp": "2026-01-05T10:00:00Z",
    "title": "t",
    "severity": "x",
}


def all_in_one(**more: Any) -> bytes:
    """Good for every door at once, but for what is given."""
    good = {
        **NEUTRAL,
        "routing_key": "k",
        "event_action": "trigger",
        "dedup_key": "d",
        "payload": {"summary": "s", "source": "h", "severity": "info"},
        "status": "firing",
        "events": [NEUTRAL],
        "alerts": [{"title": "t", "labels": {}, "status": "firing"}],
    }
    return json.dumps({**good, **more}).encode()


def everywhere(value: Any) -> bytes:
    return all_in_one(**dict.fromkeys(json.loads(all_in_one()), value))


BODIES: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \r\n\t",
    "null": b"null",
    "true": b"true",
    "number": b"0",
    "string": b'"x"',
    "list": b"[]",
    "list of nulls": b"[null]",
    "list of lists": b"[[[]]]",
    "object": b"{}",
    "open object": b"{",
    "open string": b'{"a": "',
    "trailing comma": b'{"a": 1,}',
    "single quotes": b"{'a': 1}",
    "two values": b"{} {}",
    "html": b"<html>",
    "form": b"payload=%7B%7D",
    "xml": b'<?xml version="1.0"?><a/>',
    "nul bytes": b"\0\0\0",
    "bad utf-8": b'{"title": "\xff\xfe"}',
    "utf-16": json.dumps({"title": "x"}).encode("utf-16"),
    "bom": b"\xef\xbb\xbf{}",
    "gzip without saying so": gzip.compress(b"{}", mtime=0),
    "nan": b'{"alerts": NaN}',
    "infinity": b'{"alerts": [-Infinity]}',
    "overflowing number": b'{"alerts": 1e999}',
    "5000 digits": b'{"alerts": ' + b"9" * 5_000 + b"}",
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "65 levels": all_in_one(x=json.loads("[" * 64 + "]" * 64)),
    "lone surrogate": all_in_one(title="\ud800", dedup_key="\udfff"),
    "nul in text": all_in_one(title="a\0b", source="\0", event_id="\0"),
    "all is null": everywhere(None),
    "all is a list": everywhere([1]),
    "all is an object": everywhere({"a": {}}),
    "all is a number": everywhere(1.5),
    "long title": all_in_one(title="x" * 100_000, dedup_key="k" * 100_000),
    "year 9999": all_in_one(timestamp="9999-12-31T23:59:59-23:59"),
    "huge timestamp": all_in_one(timestamp=10**18),
    "alerts of alerts": all_in_one(alerts=[{"alerts": []}], events=[{"events": []}]),
    "many keys": json.dumps({str(n): n for n in range(20_000)}).encode(),
    "duplicate keys": b'{"alerts": [], "alerts": 5, "events": [], "events": 7}',
    "too large": b'{"a": "' + b"x" * 6_000_000 + b'"}',
}

FINE = frozenset({202, 400, 413, 422})


@pytest.mark.parametrize("door", DOORS)
async def test_a_door_survives_every_body(door: str) -> None:
    async with open_house(dev=True) as house:
        for name, body in BODIES.items():
            status, said = await post(house, door, body)
            assert status in FINE, (name, status, said)
            if status != 202:
                assert said.get("detail") or said.get("errors"), name


@pytest.mark.parametrize("door", DOORS)
async def test_the_good_body_is_good_for_this_door(door: str) -> None:
    async with open_house(dev=True) as house:
        assert (await post(house, door, all_in_one()))[0] == 202


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json; charset=klingon"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": ";;;"},
        {"Content-Encoding": "rot13"},
        {"Content-Encoding": "gzip"},
        {"Content-Encoding": "deflate"},
        {"Expect": "a-miracle"},
        {"Authorization": "Digest x"},
        {"Authorization": " "},
        {"X-API-Key": "\u00ff\u2603"},
        {"webhook-signature": "x", "X-Hub-Signature-256": "x"},
        {"Idempotency-Key": "x" * 4_000},
    ],
    ids=str,
)
async def test_a_door_survives_every_header(headers: dict[str, str]) -> None:
    async with open_house(dev=True) as house:
        for door in DOORS:
            async with house.client.post(door, data=all_in_one(), headers=headers) as response:
                assert response.status < 500


async def post(house: House, door: str, body: bytes) -> tuple[int, dict[str, Any]]:
    async with house.client.post(door, data=BytesIO(body)) as response:
        return response.status, await response.json(content_type=None)
