"""Mail against a real SMTP server: what arrives, and what is said of each way to fail."""

import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import DeliveryError
from bot.domain.policy import Person
from bot.notify.email import Email, look
from bot.ports.channel import Job
from bot.ports.outside import Outside
from config.sections import Email as Section
from tests.contract.test_channels import JOB, NASTY
from tests.fakes.certificate import self_signed
from tests.fakes.outside import real_outside
from tests.fakes.smtp import Fault, SmtpServer, smtp_server

ANN = Person(name="Änn Ärlig", email="ann@bücher.example")
PAGE = replace(JOB, to="person:ann", person_id="ann", person=ANN)


@pytest.fixture
async def outside() -> AsyncIterator[Outside]:
    async with real_outside() as made:
        yield made


@pytest.fixture
async def server() -> AsyncIterator[SmtpServer]:
    async with smtp_server() as made:
        yield made
        assert made.complaints == []


def section(server: SmtpServer, **said: Any) -> Section:
    known = {"host": server.host, "port": server.port, "sender": "Muster <muster@example.org>"}
    return Section.model_validate({**known, "tls": "none", "timeout": timedelta(seconds=2), **said})


async def refused(channel: Email, job: Job = PAGE) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await channel.perform(job)
    return caught.value


async def sent(server: SmtpServer, outside: Outside, job: Job = PAGE) -> EmailMessage:
    await Email(section(server), outside).perform(job)
    return server.mails[-1]


async def test_a_page_arrives_with_all_its_headers(server: SmtpServer, outside: Outside) -> None:
    mail = await sent(server, outside)
    assert mail["Subject"] == "P0 payments: p99 over 2 s #42"
    assert mail["From"] == "Muster <muster@example.org>"
    assert mail["To"].addresses[0].display_name == "Änn Ärlig"
    assert server.recipients == [["ann@xn--bcher-kva.example"]]
    assert mail["Date"].datetime == outside.clock.wall().replace(microsecond=0)
    assert mail["Message-ID"].endswith("@muster.example>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Muster-Incident"] == "42"


async def test_both_bodies_hold_the_facts(server: SmtpServer, outside: Outside) -> None:
    plain, html = (part.get_content() for part in (await sent(server, outside)).iter_parts())
    for fact in ("payments", "2026-01-05 09:00:00 UTC", "ack #42", "Nobody was reached."):
        assert fact in plain
        assert fact in html


async def test_the_mails_of_an_incident_are_one_thread(
    server: SmtpServer, outside: Outside
) -> None:
    for key, incident in (("a", 42), ("b", 42), ("c", 43)):
        await sent(server, outside, replace(PAGE, key=key, incident=incident))
    first, second, other = (mail["References"] for mail in server.mails)
    assert first == second != other
    assert [mail["In-Reply-To"] for mail in server.mails] == [first, second, other]
    assert len({mail["Message-ID"] for mail in server.mails}) == 3


async def test_a_long_host_name_does_not_break_up_the_ids(
    server: SmtpServer, outside: Outside
) -> None:
    host = f"{'muster.' * 20}example"
    mail = await sent(server, replace(outside, public_url=f"https://{host}"))
    assert all(mail[name].endswith(f"@{host}>") for name in ("Message-ID", "References"))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://[::1]:8080", "http://bücher.example"]
)
async def test_any_public_url_makes_good_ids(
    server: SmtpServer, outside: Outside, url: str
) -> None:
    await sent(server, replace(outside, public_url=url))
    assert len(server.mails) == 1


async def test_foreign_words_forge_no_header(server: SmtpServer, outside: Outside) -> None:
    ann = Person(name=NASTY, email="ann@example.org")
    mail = await sent(server, outside, replace(PAGE, line=NASTY, person=ann))
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("a Bcc: eve@example.org . <b>")
    assert server.recipients == [["ann@example.org"]]


async def test_an_address_of_the_escalation_policy_is_written_to(
    server: SmtpServer, outside: Outside
) -> None:
    await sent(server, outside, replace(JOB, to="email:ops@example.org"))
    assert server.recipients == [["ops@example.org"]]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "a@b@c",
        "ann@x\r\nRCPT TO:<eve@x>",
        "Ann <a@b.c>",
        "a b@x",
        "ä@x",
        f"a@{'x' * 64}.y",
    ],
)
async def test_what_is_no_address_is_refused_for_good(
    server: SmtpServer, outside: Outside, address: str
) -> None:
    error = await refused(Email(section(server), outside), replace(JOB, to=f"email:{address}"))
    assert error.permanent
    assert server.connections == 0


@pytest.mark.parametrize("person", [None, Person(name="Ann")])
async def test_somebody_without_an_address_is_refused_for_good(
    server: SmtpServer, outside: Outside, person: Person | None
) -> None:
    error = await refused(Email(section(server), outside), replace(PAGE, person=person))
    assert error.permanent
    assert "people.yaml" in str(error)


@pytest.mark.parametrize(
    ("says", "permanent", "words"),
    [
        ({"RCPT": "451 4.3.0 Greylisted"}, False, "Greylisted"),
        ({"RCPT": "550 5.1.1 No such user"}, True, "No such user"),
        ({"MAIL": "550 5.7.1 Not you"}, True, "email.sender"),
        ({"MAIL": "421 4.7.0 Too many"}, False, "Too many"),
        ({"MAIL": "530 5.7.0 Log in first"}, False, "email.password"),
        ({"DATA": "554 5.6.0 Spam"}, True, "Spam"),
        ({"DATA": "452 4.3.1 Full"}, False, "Full"),
    ],
)
async def test_what_the_server_says_decides(
    server: SmtpServer, outside: Outside, says: dict[str, str], permanent: bool, words: str
) -> None:
    server.says.update(says)
    error = await refused(Email(section(server), outside))
    assert error.permanent is permanent
    assert words in str(error)


async def test_a_connection_lost_after_data_is_tried_again_as_the_same_mail(
    server: SmtpServer, outside: Outside
) -> None:
    server.fault = Fault.DROP_AFTER_DATA
    assert not (await refused(Email(section(server), outside))).permanent
    server.fault = None
    await sent(server, outside)
    assert len(server.repeated) == 1


async def test_a_server_that_hangs_is_given_up_in_time(
    server: SmtpServer, outside: Outside
) -> None:
    server.fault = Fault.HANG
    error = await refused(Email(section(server, timeout=timedelta(milliseconds=200)), outside))
    assert not error.permanent
    assert "in time" in str(error)


async def test_a_mail_that_was_taken_is_sent_though_nobody_says_goodbye(
    server: SmtpServer, outside: Outside
) -> None:
    server.fault = Fault.NO_GOODBYE
    await Email(section(server, timeout=timedelta(milliseconds=200)), outside).perform(PAGE)
    assert len(server.mails) == 1


async def test_nobody_at_the_port_is_a_matter_of_time(outside: Outside) -> None:
    async with smtp_server() as gone:
        pass
    error = await refused(Email(section(gone), outside))
    assert not error.permanent
    assert "email.port" in str(error)


async def test_the_right_password_gets_in_and_a_wrong_one_names_the_setting(
    server: SmtpServer, outside: Outside
) -> None:
    server.logins["muster"] = "right"
    await Email(section(server, username="muster", password="right"), outside).perform(PAGE)
    error = await refused(Email(section(server, username="muster", password="wrong"), outside))
    assert not error.permanent
    assert "email.username and email.password" in str(error)
    assert "wrong" not in str(error)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    return self_signed(tmp_path)


@pytest.mark.parametrize("mode", ["starttls", "tls"])
async def test_a_server_we_trust_gets_it_encrypted(
    outside: Outside, certificate: tuple[ssl.SSLContext, ssl.SSLContext], mode: str
) -> None:
    shown, trust = certificate
    async with smtp_server(tls=shown, wrapped=mode == "tls") as server:
        await Email(section(server, tls=mode), outside, trust=trust).perform(PAGE)
        assert server.encrypted == [True]


@pytest.mark.parametrize("mode", ["starttls", "tls"])
async def test_a_server_nobody_vouches_for_gets_nothing(
    outside: Outside, certificate: tuple[ssl.SSLContext, ssl.SSLContext], mode: str
) -> None:
    async with smtp_server(tls=certificate[0], wrapped=mode == "tls") as server:
        error = await refused(Email(section(server, tls=mode), outside))
        assert not error.permanent
        assert "email.host and email.tls" in str(error)
        assert server.mails == []


async def test_a_server_without_starttls_gets_nothing(server: SmtpServer, outside: Outside) -> None:
    error = await refused(Email(section(server, tls="starttls"), outside))
    assert not error.permanent
    assert "email.tls" in str(error)
    assert server.mails == []


async def test_it_is_tried_out_without_sending_anything(
    server: SmtpServer, outside: Outside
) -> None:
    server.logins["muster"] = "right"
    good = section(server, username="muster", password="right")
    assert [said async for said in look(good, outside)] == [
        (True, f"{server.host} takes mail from Muster <muster@example.org>")
    ]
    assert server.mails == []


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"username": "muster", "password": "wrong"}, "email.username and email.password"),
        ({"sender": "nobody"}, "email.sender is no address"),
        ({"tls": "starttls"}, "email.tls"),
    ],
)
async def test_what_is_wrong_is_named_before_anybody_is_paged(
    server: SmtpServer, outside: Outside, said: dict[str, str], named: str
) -> None:
    server.logins["muster"] = "right"
    ((well, words),) = [found async for found in look(section(server, **said), outside)]
    assert (well, named in words) == (False, True), words


async def test_a_sender_that_the_server_refuses_is_named(
    server: SmtpServer, outside: Outside
) -> None:
    server.says["MAIL"] = "550 5.7.1 not yours"
    ((well, words),) = [found async for found in look(section(server), outside)]
    assert (well, "email.sender" in words) == (False, True), words
