"""PagerDuty's Events API v2, spoken to by its own clients."""

import asyncio
import json
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pagerduty import EventsApiV2Client

from bot.domain.errors import TooMany
from handlers.alerts import Source
from handlers.doors.directory import Entrance
from tests.fakes.doors import OVERLOADED, House, open_house

KEY = "0123456789abcdef0123456789abcdef"
SHOP = Entrance(source=Source(name="shop", kind="pagerduty"), token=KEY)
TRIGGER = {
    "routing_key": KEY,
    "event_action": "trigger",
    "payload": {"summary": "Disk full", "source": "db1", "severity": "critical"},
}


async def enqueue(house: House, event: Any) -> tuple[int, dict[str, Any]]:
    async with house.client.post("/v2/enqueue", data=json.dumps(event)) as response:
        return response.status, await response.json()


async def test_the_stock_client_triggers_acknowledges_and_resolves(tmp_path: Path) -> None:
    server, trusting = certificate(tmp_path)
    async with open_house(SHOP, tls=server) as house:
        client = EventsApiV2Client(KEY, base_url=house.address, verify=trusting)

        def speak() -> str:
            key = client.trigger("Disk full", "db1", custom_details={"free": 3})
            client.acknowledge(key)
            client.trigger("Disk full", "db1", dedup_key=key)
            client.resolve(key)
            client.close()
            return key

        key = await asyncio.to_thread(speak)
    opened, repeated, resolved = (arrival.alerts[0] for arrival in house.engine.arrivals)
    assert key == opened.dedup_key == repeated.dedup_key == resolved.dedup_key == "key-1"
    assert opened.source == "shop"
    assert resolved.settles_at_once
    assert house.engine.acknowledged == [("shop", key)]


async def test_the_answer_is_the_vendors() -> None:
    async with open_house(SHOP) as house:
        assert await enqueue(house, {**TRIGGER, "dedup_key": "k"}) == (
            202,
            {"status": "success", "message": "Event processed", "dedup_key": "k"},
        )


async def test_the_routing_key_is_not_kept_anywhere() -> None:
    async with open_house(SHOP) as house:
        await enqueue(house, TRIGGER)
        await enqueue(house, {**TRIGGER, "payload": {}})
    assert KEY not in repr(house.engine)


async def test_a_bad_event_is_told_field_by_field_and_kept() -> None:
    async with open_house(SHOP) as house:
        status, said = await enqueue(house, {**TRIGGER, "payload": {"severity": "awful"}})
    assert status == 400
    assert said == {
        "status": "invalid event",
        "message": "Event object is invalid",
        "errors": [
            "'payload.summary' is missing or blank",
            "'payload.source' is missing or blank",
            "'payload.severity' must be one of critical, error, warning, info",
        ],
        "dead_letter": "letter-1",
    }


@pytest.mark.parametrize(
    "event", [{}, {"routing_key": ""}, {"routing_key": 7}, {"routing_key": "wrong"}, [], None, 5]
)
async def test_without_a_good_routing_key_nothing_is_kept(event: Any) -> None:
    async with open_house(SHOP) as house:
        status, said = await enqueue(house, event)
        assert status == 400
        assert said["status"] == "invalid event"
        assert house.engine.letters == []
        assert house.engine.arrivals == []


async def test_in_dev_any_routing_key_works() -> None:
    async with open_house(SHOP, dev=True) as house:
        await enqueue(house, {**TRIGGER, "routing_key": "anything"})
        await enqueue(house, TRIGGER)
    assert [arrival.source for arrival in house.engine.arrivals] == ["pagerduty", "shop"]


async def test_a_token_of_the_database_is_a_routing_key() -> None:
    async with open_house() as house:
        house.tokens.add("mst_checks", "source:checks")
        house.tokens.add("mst_all", "source:*")
        house.tokens.add("mst_api", "api")
        for key in ("mst_checks", "mst_all", "mst_api"):
            await enqueue(house, {**TRIGGER, "routing_key": key})
    assert [arrival.source for arrival in house.engine.arrivals] == ["checks", "pagerduty"]


async def test_a_token_of_another_kind_of_source_still_speaks_pagerduty() -> None:
    other = Entrance(source=Source(name="am", kind="alertmanager"), token="t")
    async with open_house(other) as house:
        assert (await enqueue(house, {**TRIGGER, "routing_key": "t"}))[0] == 202
    assert house.engine.arrivals[0].source == "am"


@pytest.mark.parametrize(
    ("error", "status"),
    [(OVERLOADED, 503), (TooMany("slow down", retry_after=9), 429), (RuntimeError("x"), 500)],
)
async def test_trouble_of_ours_has_the_vendors_status(error: Exception, status: int) -> None:
    async with open_house(SHOP) as house:
        house.engine.fails = error
        async with house.client.post("/v2/enqueue", data=json.dumps(TRIGGER)) as response:
            assert response.status == status
            assert (await response.json())["errors"]
            assert ("Retry-After" in response.headers) is (status != 500)


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server that shows a certificate of its own, and a client that trusts it; the stock client
    speaks https only."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "muster")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.DER))
