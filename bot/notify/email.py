"""Mail through an SMTP server, over a connection of its own."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from email.headerregistry import Address
from email.utils import parseaddr
from ipaddress import ip_address
from typing import Any, Final, Literal, Protocol
from urllib.parse import urlsplit

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from pydantic import SecretStr

from bot.cards.mail import Envelope, mail, mail_address
from bot.cards.plain_text import one_line
from bot.domain.card import Card
from bot.domain.effect import Capabilities, EffectKind
from bot.domain.errors import DeliveryError
from bot.ports.channel import Channel, Job
from bot.ports.outside import Outside

CAN: Final = Capabilities(
    frozenset({EffectKind.PAGE, EffectKind.NOTIFY}), private_replies=False, rooms=False
)
GOODBYE: Final = 1.0
"""Seconds for QUIT; the mail is taken by then."""


class Section(Protocol):
    """The section `email`."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def username(self) -> str: ...
    @property
    def password(self) -> SecretStr | None: ...
    @property
    def sender(self) -> str: ...
    @property
    def tls(self) -> Literal["starttls", "tls", "none"]: ...
    @property
    def timeout(self) -> timedelta: ...


def connect(section: Section, outside: Outside) -> Channel:
    return Email(section, outside)


class Email:
    """`trust`: whose certificates are believed; left out, those the system believes."""

    def __init__(
        self, section: Section, outside: Outside, *, trust: ssl.SSLContext | None = None
    ) -> None:
        self._section, self._outside, self._trust = section, outside, trust
        self._domain = _domain(outside.public_url)

    @property
    def capabilities(self) -> Capabilities:
        return CAN

    async def perform(self, job: Job) -> Mapping[str, Mapping[str, Any]]:
        """Sends the job; a repeat has the same Message-ID."""
        envelope = self._envelope(job)
        await self._send(mail(job.card or Card(job.line), envelope), envelope)
        return {}

    def _envelope(self, job: Job) -> Envelope:
        name, address = parseaddr(self._section.sender)
        thread = "" if job.incident is None else self._id(f"incident:{job.incident}")
        return Envelope(
            sender=_address(address, name, at_fault="email.sender"),
            to=_recipient(job),
            subject=job.line,
            at=self._outside.clock.wall(),
            id=self._id(job.key),
            thread=thread,
            incident=job.incident,
        )

    def _id(self, key: str) -> str:
        return f"{self._outside.id_of(key)}@{self._domain}"

    async def try_out(self) -> None:
        """Connects, signs in and names the sender; sends nothing.

        Raises:
            DeliveryError: mail would not go out; it says what to mend.
        """
        async with self._connected() as client:
            name, address = parseaddr(self._section.sender)
            await client.mail(_address(address, name, at_fault="email.sender").addr_spec)

    async def _send(self, message: bytes, envelope: Envelope) -> None:
        async with self._connected() as client:
            await client.sendmail(envelope.sender.addr_spec, [envelope.to.addr_spec], message)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[SMTP]:
        section = self._section
        client = SMTP(
            hostname=section.host,
            port=section.port,
            username=section.username or None,
            password=section.password.get_secret_value() if section.password else None,
            local_hostname=self._domain,
            timeout=section.timeout.total_seconds(),
            use_tls=section.tls == "tls",
            start_tls=section.tls == "starttls",
            tls_context=self._trust,
        )
        try:
            async with asyncio.timeout(section.timeout.total_seconds()):
                await client.connect()
                yield client
            with suppress(SMTPException, OSError):
                async with asyncio.timeout(GOODBYE):
                    await client.quit()
        except (SMTPException, OSError) as error:
            raise _explained(error, section) from error
        finally:
            client.close()


async def look(
    section: Section, outside: Outside, *, trust: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[bool, str]]:
    """For `muster check --live`: whether mail would go out, and a sentence about it."""
    try:
        await Email(section, outside, trust=trust).try_out()
    except DeliveryError as wrong:
        yield False, str(wrong)
    else:
        yield True, f"{section.host} takes mail from {section.sender}"


def _recipient(job: Job) -> Address:
    """Who gets the mail of `person:<id>` or `email:<address>`."""
    kind, _, address = job.to.partition(":")
    if kind == "email":
        return _address(address, at_fault="the target of the escalation policy")
    if job.person is None or not job.person.email:
        raise DeliveryError(f"people.yaml has no email for {job.person_id!r}", permanent=True)
    at_fault = f"{job.person_id}.email in people.yaml"
    return _address(job.person.email, job.person.name, at_fault=at_fault)


def _address(said: str, name: str = "", *, at_fault: str) -> Address:
    """The address as it is sent.

    Raises:
        DeliveryError: it is none; `at_fault` says what to mend.
    """
    try:
        return mail_address(said, name)
    except ValueError as error:
        raise DeliveryError(f"{at_fault} is no address for mail", permanent=True) from error


def _domain(public_url: str) -> str:
    """Where our ids are from, and how we greet; an address in numbers as RFC 5321 4.1.3 has it."""
    host = urlsplit(public_url).hostname or "localhost"
    try:
        address = ip_address(host)
    except ValueError:
        return host.encode("idna").decode()
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"


REASONS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (SMTPAuthenticationError, "did not let us in; see email.username and email.password"),
    (SMTPSenderRefused, "refused the sender; see email.sender"),
    (SMTPRecipientRefused, "refused the recipient"),
    (SMTPDataError, "refused the mail"),
    (SMTPResponseException, "is not ready"),
    (ssl.SSLError, "could not prove who it is; see email.host and email.tls"),
    (TimeoutError, "did not answer in time"),
    (SMTPServerDisconnected, "hung up"),
    (OSError, "was not reached; see email.host and email.port"),
    (SMTPException, "cannot do what is asked; see email.tls and email.username"),
)
"""What went wrong, the first that fits."""

LASTING: Final = (SMTPSenderRefused, SMTPRecipientRefused, SMTPDataError)
"""What will be refused again, where the code is 5xx."""

WANTS_LOGIN: Final = frozenset({530, 534, 535, 538})
"""Whatever was asked, the answer is about logging in: https://www.rfc-editor.org/rfc/rfc4954#section-6"""


def _explained(error: Exception, section: Section) -> DeliveryError:
    if isinstance(error, SMTPRecipientsRefused):
        error = error.recipients[0]
    code = error.code if isinstance(error, SMTPResponseException) else 0
    cause = error.__cause__ if isinstance(error.__cause__, ssl.SSLError) else error
    kind = SMTPAuthenticationError if code in WANTS_LOGIN else type(cause)
    reason = next(reason for known, reason in REASONS if issubclass(kind, known))
    return DeliveryError(
        f"the mail server {section.host} {reason}{_quoted(error, code)}",
        permanent=isinstance(error, LASTING) and code // 100 == 5 and code not in WANTS_LOGIN,
    )


def _quoted(error: Exception, code: int) -> str:
    """The server's own words."""
    said = error.message if isinstance(error, SMTPException) else str(error)
    words = one_line(f"{code or ''} {said}")[:200]
    return f" ({words})" if words else ""
