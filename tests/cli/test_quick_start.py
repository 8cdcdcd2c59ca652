"""A start that puts off what it can: whom it trusts and how things behave stays the same."""

import dataclasses
import inspect
import ssl
import subprocess
import sys
import typing
from dataclasses import FrozenInstanceError, dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import List, Optional  # noqa: UP035

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.cli.late_methods import CREATE, late_methods
from bot.cli.quick_start import LateContext, late_annotations, late_certificates


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A server's key and certificate in one file, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def late() -> ssl.SSLContext:
    with late_certificates():
        return ssl.create_default_context()


def shake_hands(client: ssl.SSLContext, certificate: Path, name: str = "localhost") -> None:
    """Both ends of a handshake in memory."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(back, there, server_hostname=name),
        server.wrap_bio(there, back, server_side=True),
    ]
    while ends:
        for end in list(ends):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            ends.remove(end)


def test_certificates_are_read_at_the_first_handshake(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = late()
    assert isinstance(context, LateContext)
    assert context.cert_store_stats()["x509_ca"] == 0
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    shake_hands(context, certificate)


def test_a_stranger_and_a_wrong_name_are_refused(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(late(), certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        shake_hands(late(), certificate, name="example.org")


def test_who_brings_own_certificates_gets_what_was_asked_for(certificate: Path) -> None:
    with late_certificates():
        context = ssl.create_default_context(cafile=str(certificate))
    assert not isinstance(context, LateContext)
    assert not isinstance(ssl.create_default_context(), LateContext)
    shake_hands(context, certificate)


def test_whoever_verifies_by_other_means_is_given_certificates_at_once(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with late_certificates():
        verifies, trusts_all = (ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) for _ in range(2))
        trusts_all.check_hostname = False
        trusts_all.verify_mode = ssl.CERT_NONE
        for context in (verifies, trusts_all):
            context.set_default_verify_paths()
    assert verifies.cert_store_stats()["x509_ca"] == 1
    assert trusts_all.cert_store_stats()["x509_ca"] == 0
    trusts_all.set_default_verify_paths()
    assert trusts_all.cert_store_stats()["x509_ca"] == 1


def test_a_start_reads_no_certificates() -> None:
    script = (
        "from bot.cli.quick_start import quick_imports, LateContext\n"
        "with quick_imports():\n"
        "    import aiohttp.connector as c\n"
        "held = [v for v in vars(c).values() if isinstance(v, LateContext)]\n"
        "assert held and all(one._real is None for one in held), held\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def made_late() -> type:
    with late_methods():

        @dataclass(frozen=True, slots=True, order=True)
        class Late:
            name: str
            count: int = 0

    return Late


def test_methods_that_are_compiled_late_do_what_they_should() -> None:
    late = made_late()
    one, same, more = late("a"), late("a"), late("a", 1)

    assert one == same
    assert one != more
    assert one < more
    assert hash(one) == hash(same)
    assert {one: 1}[same] == 1
    assert repr(more).endswith("Late(name='a', count=1)")
    with pytest.raises(FrozenInstanceError):
        more.count = 2
    with pytest.raises(FrozenInstanceError):
        del more.count


def test_what_is_made_late_is_called_as_it_says() -> None:
    late = made_late()
    assert str(inspect.signature(late)) == "(name: str, count: int = 0) -> None"
    assert late.__init__.__annotations__["count"] is int
    assert late(name="a", count=2) == late("a", 2)

    fresh = made_late()
    with pytest.raises(TypeError, match=r"Late\.__init__\(\) missing .* 'name'"):
        fresh()
    with pytest.raises(TypeError, match="unexpected keyword argument 'size'"):
        fresh("a", size=1)

    class More(fresh):  # type: ignore[valid-type,misc]
        def __init__(self) -> None:
            super().__init__("more")

    assert More().name == "more"


@pytest.mark.skipif(CREATE is None, reason="this Python compiles them together")
def test_from_the_second_call_on_nothing_stands_between() -> None:
    late = made_late()
    before = [late.__init__, late.__eq__]
    assert late("a") == late("a")

    after = [late.__init__, late.__eq__]
    assert not set(after) & set(before)
    assert [one.__qualname__ for one in after] == [
        f"made_late.<locals>.Late.{name}" for name in ("__init__", "__eq__")
    ]
    assert dataclasses._create_fn is CREATE  # type: ignore[attr-defined]


def test_an_annotation_in_quotes_is_still_found_and_still_refused() -> None:
    with late_annotations():

        class Node:
            next: Optional["Node"]  # what is asked is how typing takes the text

        other = List["Node"]  # noqa: UP006

    assert typing.get_type_hints(Node, localns={"Node": Node}) == {"next": Node | None}
    assert typing.get_type_hints(Node, localns={"Node": int}) == {"next": int | None}
    assert other.__args__ == (typing.ForwardRef("Node"),)  # type: ignore[attr-defined]
    with pytest.raises(SyntaxError):
        typing.get_type_hints(Node, localns={"Node": "not an expression"})
