"""A card as a mail: plain text and the same as HTML, in seven bits, with no header but ours."""

from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address, HeaderRegistry, MessageIDHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from bot.cards.html import html
from bot.cards.plain_text import one_line, plain_text
from bot.domain.card import Card

_HEADERS: Final = HeaderRegistry()
for _name in ("in-reply-to", "references"):  # left to itself, Python breaks up a long id
    _HEADERS.map_to_type(_name, MessageIDHeader)  # type: ignore[arg-type]  # a mixin, by design
_WIRE: Final = SMTP.clone(cte_type="7bit", header_factory=_HEADERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """`id` is the same for every try. `thread` is the id of the mail this one answers.

    Nobody ever sent that mail: all those of an incident answer it, so mail programs group them.
    """

    sender: Address
    to: Address
    subject: str
    at: datetime
    id: str
    thread: str = ""
    incident: int | None = None


def mail(card: Card, envelope: Envelope) -> bytes:
    """The mail as it goes over the wire; ids are put into <> here."""
    message = EmailMessage(policy=_WIRE)
    message["From"], message["To"] = envelope.sender, envelope.to
    message["Subject"] = one_line(envelope.subject)
    message["Date"] = format_datetime(envelope.at)
    message["Message-ID"] = f"<{envelope.id}>"
    message["Auto-Submitted"] = "auto-generated"  # https://www.rfc-editor.org/rfc/rfc3834
    if envelope.thread:
        message["In-Reply-To"] = message["References"] = f"<{envelope.thread}>"
    if envelope.incident is not None:
        message["X-Muster-Incident"] = str(envelope.incident)
    message.set_content(plain_text(card))
    message.add_alternative(html(card), subtype="html")
    return message.as_bytes()


def mail_address(said: str, name: str = "") -> Address:
    """`ann@bücher.example` → the address in ASCII, with the person's name.

    Raises:
        ValueError: it is no address, or one that only a mail server of tomorrow takes.
    """
    local, _, domain = said.strip().rpartition("@")
    spec = f"{local}@{domain.encode('idna').decode()}"
    try:
        spec.encode("ascii")
        return Address(display_name=one_line(name), addr_spec=spec)
    except (IndexError, MessageError) as error:
        raise ValueError(f"{said!r} is no address") from error
