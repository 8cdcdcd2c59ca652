"""Alerts by webhook: who may send, what is stored, what the sender is told."""

import asyncio
import base64
import gzip
import hashlib
import hmac
import json
import zlib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from handlers.alerts import Source
from handlers.doors.directory import Entrance
from tests.fakes.doors import NOW, OVERLOADED, House, open_house

BODY = (
    Path(__file__).parents[1] / "fixtures" / "payloads" / "alertmanager_group_two_firing.json"
).read_bytes()
SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
PROM = Entrance(source=Source(name="prom", kind="alertmanager"), token="pröm-token")
SIGNED = Entrance(source=Source(name="signed", kind="grafana"), secret=SECRET)
KEYLESS = Entrance(source=Source(name="keyless", kind="grafana"))


async def post(
    house: House, path: str, body: bytes = BODY, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    async with house.client.post(path, data=BytesIO(body), headers=headers) as response:
        return response.status, await response.json(content_type=None)


async def test_two_alerts_are_stored_and_answered_in_order() -> None:
    async with open_house(dev=True) as house:
        status, said = await post(house, "/webhooks/alertmanager")
    assert status == 202
    assert said == {
        "status": "accepted",
        "events": [
            {
                "event_id": f"event-1-{place}",
                "incident_id": f"INC-20260105-0000{place + 1}",
                "decision": "OPENED",
            }
            for place in (0, 1)
        ],
    }
    (arrival,) = house.engine.arrivals
    assert arrival.source == "alertmanager"
    assert arrival.body == BODY
    assert [alert.dedup_key for alert in arrival.alerts] == ["a1bc48475b20e73d", "c2ea85182f28cbd9"]


async def test_no_alerts_are_no_events() -> None:
    async with open_house(dev=True) as house:
        status, said = await post(house, "/webhooks/alertmanager", b'{"alerts": []}')
    assert (status, said) == (202, {"status": "accepted", "events": []})


async def test_an_unknown_source_is_told_which_there_are() -> None:
    async with open_house(PROM) as house:
        status, said = await post(house, "/webhooks/nagios")
    assert status == 404
    assert "'nagios'" in said["detail"]
    assert "prom" in said["detail"]


@pytest.mark.parametrize("source", ["alertmanager", "grafana"])
async def test_one_alert_that_cannot_be_read_does_not_cost_the_others(source: str) -> None:
    """Alertmanager does not repeat a 4xx: the whole group was lost to its one bad alert."""
    good = [{"status": "firing", "labels": {"alertname": name}} for name in ("a", "b")]
    group = {"groupKey": "g", "alerts": [good[0], 5, {"status": "odd"}, good[1]]}
    async with open_house(dev=True) as house:
        status, said = await post(house, f"/webhooks/{source}", json.dumps(group).encode())
    assert status == 202
    first, number, odd, last = said["events"]
    assert (first["decision"], last["decision"]) == ("OPENED", "OPENED")
    for place, bad in ((1, number), (2, odd)):
        letter = f"letter-{place}"
        assert bad == {
            "event_id": letter,
            "incident_id": None,
            "decision": "DEAD_LETTER",
            "dead_letter": letter,
        }
    (arrival,) = house.engine.arrivals
    assert [alert.title for alert in arrival.alerts] == ["a", "b"]
    assert json.loads(arrival.body) == {**group, "alerts": good}, "what is replayed can be read"
    assert [json.loads(body)["alerts"] for _, body, _ in house.engine.letters] == [
        [5],
        [{"status": "odd"}],
    ]


async def test_of_a_list_of_anything_the_good_ones_are_taken() -> None:
    async with open_house(dev=True) as house:
        status, said = await post(house, "/webhooks/generic", b'[{"title": "a"}, 5]')
    assert status == 202
    assert [event["decision"] for event in said["events"]] == ["OPENED", "DEAD_LETTER"]


async def test_of_a_list_that_a_mapping_names_the_good_ones_are_taken() -> None:
    """One bad result cost all the others of its request."""
    mapping = {"items": "run|json.results", "title": "name"}
    jobs = Entrance(source=Source(name="jobs", kind="generic", mapping=mapping))
    run = json.dumps({"results": [{"name": "a"}, 7, {"name": "b"}]})
    async with open_house(jobs, dev=True) as house:
        status, said = await post(house, "/webhooks/jobs", json.dumps({"run": run}).encode())
        (arrival,) = house.engine.arrivals
        again = await post(house, "/webhooks/jobs", arrival.body)
    assert status == 202
    assert [event["decision"] for event in said["events"]] == ["OPENED", "DEAD_LETTER", "OPENED"]
    assert [alert.title for alert in arrival.alerts] == ["a", "b"]
    assert len(again[1]["events"]) == 2, "what is replayed can be read"


async def test_what_says_nothing_is_no_event_beside_what_cannot_be_read() -> None:
    status = {"path": "action", "map": {"Create": "firing"}, "default": "nothing"}
    mapping = {"title": "message", "status": status}
    desk = Entrance(source=Source(name="desk", kind="generic", mapping=mapping))
    sent = [{"message": "a", "action": "AddNote"}, 5, {"message": "b", "action": "Create"}]
    async with open_house(desk, dev=True) as house:
        _, said = await post(house, "/webhooks/desk", json.dumps(sent).encode())
        noted = await post(house, "/webhooks/desk", json.dumps(sent[0]).encode())
    assert [event["decision"] for event in said["events"]] == ["DEAD_LETTER", "OPENED"]
    assert noted == (202, {"status": "accepted", "events": []})


async def test_a_wrong_shape_is_kept_as_a_dead_letter() -> None:
    async with open_house(dev=True) as house:
        status, said = await post(house, "/webhooks/alertmanager", b'{"alerts": 5}')
    assert status == 422
    assert said["dead_letter"] == "letter-1"
    assert "`alerts` must be a list" in said["detail"]
    assert house.engine.letters == [("alertmanager", b'{"alerts": 5}', said["detail"])]


async def test_what_is_not_authentic_is_not_kept() -> None:
    async with open_house(PROM) as house:
        status, _ = await post(house, "/webhooks/prom", b'{"alerts": 5}')
    assert status == 401
    assert house.engine.letters == []


async def test_an_overloaded_engine_asks_to_come_again() -> None:
    async with open_house(dev=True) as house:
        house.engine.fails = OVERLOADED
        for body in (BODY, b"{}"):
            async with house.client.post("/webhooks/alertmanager", data=body) as response:
                assert response.status == 503
                assert response.headers["Retry-After"] == "3"


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer pröm-token"},
        {"Authorization": "bearer  pröm-token "},
        {"Authorization": "Basic " + base64.b64encode("x:pröm-token".encode()).decode()},
        {"X-API-Key": "pröm-token"},
        {"X-Muster-Token": "pröm-token"},
        {"Authorization": "Bearer wrong", "X-Muster-Token": "pröm-token"},
    ],
)
async def test_a_token_opens_its_source(headers: dict[str, str]) -> None:
    async with open_house(PROM) as house:
        assert (await post(house, "/webhooks/prom", headers=headers))[0] == 202


async def test_a_token_may_stand_in_the_address() -> None:
    async with open_house(PROM) as house:
        assert (await post(house, "/webhooks/prom?token=pr%C3%B6m-token"))[0] == 202
        assert (await post(house, "/webhooks/prom?token=x"))[0] == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer pröm-tokem"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic " + base64.b64encode(b"\xff:\xff").decode()},
        {"Authorization": "Basic " + base64.b64encode(b"nocolon").decode()},
        {"X-API-Key": ""},
        {"webhook-signature": "v1,abc"},
    ],
)
async def test_a_wrong_credential_is_refused(headers: dict[str, str]) -> None:
    async with (
        open_house(PROM) as house,
        house.client.post("/webhooks/prom", data=BODY, headers=headers) as response,
    ):
        assert response.status == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        assert response.content_type == "application/problem+json"


async def test_a_source_without_any_key_is_shut_and_says_what_to_do() -> None:
    async with open_house(KEYLESS) as house:
        for name in ("keyless", "grafana"):
            status, said = await post(
                house, f"/webhooks/{name}", headers={"Authorization": "Bearer x"}
            )
            assert status == 401
            assert f"sources.{name}.token" in said["detail"]


async def test_a_token_of_the_database_opens_the_sources_in_its_scope() -> None:
    async with open_house(KEYLESS) as house:
        house.tokens.add("mst_one", "source:keyless")
        house.tokens.add("mst_all", "source:*")
        house.tokens.add("mst_api", "api")
        assert (
            await post(house, "/webhooks/keyless", headers={"Authorization": "Bearer mst_one"})
        )[0] == 202
        assert (
            await post(house, "/webhooks/grafana", headers={"Authorization": "Bearer mst_one"})
        )[0] == 401
        assert (
            await post(house, "/webhooks/grafana", headers={"Authorization": "Bearer mst_all"})
        )[0] == 202
        assert (
            await post(house, "/webhooks/grafana", headers={"Authorization": "Bearer mst_api"})
        )[0] == 401


def signed_by_standard_webhooks(body: bytes) -> dict[str, str]:
    at = datetime.now(UTC)
    return {
        "webhook-id": "m1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": "v1a,x " + Webhook(SECRET).sign("m1", at, body.decode()),
    }


def hex_of(body: bytes) -> str:
    return hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def signed_by_grafana(body: bytes, at: datetime) -> dict[str, str]:
    said = str(int(at.timestamp()))
    return {
        "X-Grafana-Alerting-Timestamp": said,
        "X-Grafana-Alerting-Signature": hex_of(said.encode() + b":" + body),
    }


async def test_a_signature_opens_a_source() -> None:
    async with open_house(SIGNED) as house:
        for headers in (
            signed_by_standard_webhooks(BODY),
            {"X-Hub-Signature-256": f"sha256={hex_of(BODY)}"},
            {"X-Grafana-Alerting-Signature": hex_of(BODY)},
            signed_by_grafana(BODY, NOW),
        ):
            assert (await post(house, "/webhooks/signed", headers=headers))[0] == 202, headers


async def test_a_signature_of_something_else_does_not() -> None:
    old = datetime(2026, 1, 5, 9, 50, tzinfo=UTC)
    async with open_house(SIGNED, PROM) as house:
        for headers in (
            {},
            {**signed_by_standard_webhooks(BODY), "webhook-id": "m2"},
            {**signed_by_standard_webhooks(BODY), "webhook-timestamp": "abc"},
            {**signed_by_standard_webhooks(BODY), "webhook-timestamp": "1e999"},
            {**signed_by_standard_webhooks(BODY), "webhook-signature": "nonsense"},
            {**signed_by_standard_webhooks(BODY), "webhook-signature": "v1,ü"},
            {"webhook-signature": "v1,x"},
            {"X-Hub-Signature-256": f"sha256={hex_of(b'')}"},
            {"X-Hub-Signature-256": "sha256=ü"},
            {"X-Grafana-Alerting-Signature": "ü"},
            {**signed_by_grafana(BODY, NOW), "X-Grafana-Alerting-Timestamp": "now"},
            signed_by_grafana(BODY, old),
            {"X-Grafana-Alerting-Signature": signed_by_grafana(BODY, NOW).popitem()[1]},
        ):
            assert (await post(house, "/webhooks/signed", headers=headers))[0] == 401, headers
        unsigned = signed_by_standard_webhooks(BODY)
        assert (await post(house, "/webhooks/signed", b"\xff", unsigned))[0] == 401
        assert (await post(house, "/webhooks/prom", headers=signed_by_grafana(BODY, NOW)))[0] == 401


async def test_a_source_has_the_limit_that_it_is_given() -> None:
    limited = Entrance(source=Source(name="am", kind="alertmanager"), limit_per_minute=2)
    async with open_house(limited, dev=True) as house:
        assert [(await post(house, "/webhooks/am"))[0] for _ in range(3)] == [202, 202, 429]
        async with house.client.post("/webhooks/am", data=BODY) as response:
            assert response.headers["Retry-After"] == "30"
        house.clock.seconds += 30
        assert (await post(house, "/webhooks/am"))[0] == 202


@pytest.mark.parametrize("inflates", [False, True])
async def test_a_compressed_body_is_inflated(inflates: bool) -> None:
    raw = zlib.compressobj(wbits=-15)
    bodies = {
        "gzip": gzip.compress(BODY),
        "GZIP": gzip.compress(BODY[:50]) + gzip.compress(BODY[50:]),
        "deflate": zlib.compress(BODY),
        "Deflate": raw.compress(BODY) + raw.flush(),
        "identity": BODY,
    }
    async with open_house(dev=True, inflates=inflates) as house:
        for encoding, body in bodies.items():
            status, _ = await post(
                house, "/webhooks/alertmanager", body, headers={"Content-Encoding": encoding}
            )
            assert status == 202, encoding
        assert {arrival.body for arrival in house.engine.arrivals} == {BODY}


@pytest.mark.parametrize(
    ("encoding", "body", "status"),
    [
        ("br", b"abc", 415),
        ("zstd", b"abc", 415),
        ("gzip, gzip", gzip.compress(gzip.compress(BODY)), 415),
        ("gzip", b"not gzip", 400),
        ("gzip", gzip.compress(BODY)[:-20], 400),
        ("gzip", gzip.compress(BODY) + b"rest", 400),
        ("gzip", gzip.compress(b"") * 50, 400),
        ("gzip", b"", 400),
        ("deflate", zlib.compress(BODY)[:-8], 400),
        ("gzip", gzip.compress(b" " * 600_000), 413),
        ("gzip", gzip.compress(b" " * 50_000_000), 413),
        ("identity", b" " * (512 * 1024 + 1), 413),
    ],
)
async def test_what_cannot_be_inflated_within_the_cap_is_refused(
    encoding: str, body: bytes, status: int
) -> None:
    async with open_house(dev=True) as house:
        said = await post(
            house, "/webhooks/alertmanager", body, headers={"Content-Encoding": encoding}
        )
        assert said[0] == status
        assert said[1]["status"] == status
        assert house.engine.arrivals == []


async def test_a_body_without_a_length_has_the_same_cap() -> None:
    async def endless() -> Any:
        while True:
            yield b" " * 65_536

    async with (
        open_house(dev=True) as house,
        house.client.post("/webhooks/alertmanager", data=endless()) as response,
    ):
        assert response.status == 413


async def test_a_sender_that_hangs_up_harms_nobody() -> None:
    async with open_house(dev=True) as house:
        host, port = house.client.host, house.client.port
        for rest in (b"Content-Length: 99\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n5\r\n{"):
            _, writer = await asyncio.open_connection(host, port)
            writer.write(b"POST /webhooks/alertmanager HTTP/1.1\r\nHost: localhost\r\n" + rest)
            await writer.drain()
            await asyncio.sleep(0.02)
            writer.close()
            await writer.wait_closed()
        assert (await post(house, "/webhooks/alertmanager"))[0] == 202


async def test_a_neutral_event_may_come_by_webhook_and_counts_once() -> None:
    event = {
        "event_id": "e1",
        "source": "s",
        "timestamp": "2026-01-05T10:00:00Z",
        "title": "t",
        "severity": "high",
    }
    async with open_house(dev=True) as house:
        first = await post(house, "/webhooks/muster", json.dumps(event).encode())
        again = await post(house, "/webhooks/muster", json.dumps(event).encode())
    assert first[0] == 202
    assert first == again
