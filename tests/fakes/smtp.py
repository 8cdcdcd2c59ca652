"""A strict mail server on a real socket. What is no proper mail is refused, and remembered."""

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from enum import StrEnum
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

LONGEST_LINE = 998
"""RFC 5322, 2.1.1."""

IDS = ("message-id", "in-reply-to", "references")
ONCE = ("from", "to", "subject", "date", "message-id", "mime-version")


class Fault(StrEnum):
    """What the server does instead of answering."""

    DROP_AFTER_DATA = "takes the mail and hangs up"
    HANG = "never answers DATA"
    NO_GOODBYE = "never answers QUIT"


@dataclass
class SmtpServer:
    """`mails` are those it took; `complaints`, what was wrong with others.

    `says` puts another answer in place of the right one: `{"RCPT": "550 5.1.1 No such user"}`.
    """

    host: str = "127.0.0.1"
    port: int = 0
    says: dict[str, str] = field(default_factory=dict)
    fault: Fault | None = None
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    logins: dict[str, str] = field(default_factory=dict)
    connections: int = 0
    encrypted: list[bool] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    @property
    def repeated(self) -> set[str]:
        """Message-IDs that came more than once, taken or not."""
        return {id for id, times in self.seen.items() if times > 1}

    def authenticate(
        self, server: Any, session: Session, envelope: Envelope, mechanism: str, said: Any
    ) -> AuthResult:
        login = cast(LoginPassword, said)
        known = self.logins.get(login.login.decode()) == login.password.decode()
        return AuthResult(success=known, handled=known)

    async def handle_MAIL(  # noqa: N802 - the server looks for this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.says.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802 - the server looks for this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.says.get("RCPT", "250 OK")

    async def handle_DATA(  # noqa: N802 - the server looks for this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content, transport = (
            cast(bytes, envelope.content),
            cast(asyncio.Transport, server.transport),
        )
        mail = message_from_bytes(content, policy=WIRE)
        self.seen[str(mail["message-id"])] += 1
        if refusal := self.says.get("DATA"):
            return refusal
        if self.fault is Fault.HANG:
            await asyncio.Event().wait()
        if wrong := list(_judge(content)):
            self.complaints += wrong
            return f"554 5.6.0 {wrong[0]}"
        self.mails.append(mail)
        self.recipients.append(list(envelope.rcpt_tos))
        self.encrypted.append(transport.get_extra_info("sslcontext") is not None)
        if self.fault is Fault.DROP_AFTER_DATA:
            transport.abort()
        return "250 OK"

    async def handle_QUIT(  # noqa: N802 - the server looks for this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.fault is Fault.NO_GOODBYE:
            await asyncio.Event().wait()
        return "221 Bye"


@asynccontextmanager
async def smtp_server(
    *, tls: ssl.SSLContext | None = None, wrapped: bool = False
) -> AsyncIterator[SmtpServer]:
    """`tls` offers STARTTLS; `wrapped`: the whole connection is encrypted instead."""
    state = SmtpServer()
    loop = asyncio.get_running_loop()
    connections: list[SMTP] = []

    def connection() -> SMTP:
        state.connections += 1
        connections.append(
            SMTP(
                state,
                hostname="mail.example",
                tls_context=None if wrapped else tls,
                auth_require_tls=False,
                authenticator=state.authenticate,
                loop=loop,
            )
        )
        return connections[-1]

    server = await loop.create_server(connection, state.host, 0, ssl=tls if wrapped else None)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
        await _end(connections)
        await server.wait_closed()


async def _end(connections: list[SMTP]) -> None:
    for one in connections:
        if one.transport is not None:
            cast(asyncio.Transport, one.transport).abort()
    tasks = [task for one in connections if (task := one._handler_coroutine)]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _judge(content: bytes) -> Iterator[str]:
    """Everything that is wrong with a mail, by RFC 5322 and by what mail programs need."""
    head, _, _ = content.partition(b"\r\n\r\n")
    if not head.isascii():
        yield "a header is not in seven bits"
    if not content.isascii():
        yield "the body is not in seven bits"
    if any(len(line) > LONGEST_LINE for line in content.split(b"\r\n")):
        yield "a line is too long"
    raw = message_from_bytes(content)
    if any("=?" in str(raw[name]) for name in IDS):
        yield "an id is in encoded words"
    if b"\n" in content.replace(b"\r\n", b""):
        yield "a line ends without CR"
    try:
        mail = message_from_bytes(content, policy=WIRE.clone(raise_on_defect=True))
        yield from _parts(mail)
    except MessageError as error:
        yield f"it cannot be parsed: {error!r}"


def _parts(mail: EmailMessage) -> Iterator[str]:
    for name in ONCE:
        values = mail.get_all(name, [])
        if len(values) != 1 or not str(values[0]).strip():
            yield f"it needs one {name}"
        yield from (f"{name}: {d!r}" for value in values for d in value.defects)
    if mail.get_content_type() != "multipart/alternative":
        yield "it is no multipart/alternative"
        return
    kinds = [part.get_content_type() for part in mail.iter_parts()]
    if kinds != ["text/plain", "text/html"]:
        yield f"its parts are {kinds}"
    if not all(part.get_content().strip() for part in mail.iter_parts()):
        yield "a part is empty"
