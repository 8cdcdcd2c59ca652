"""Links that a page carries: who was paged may answer it without signing in.

A link is for one person and one incident, ends after a day, and is signed, so nobody else can make
one. It opens a page that asks; only what is posted there acts (a mail program that looks at every
link answers nothing).
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain.errors import NotFound

LASTS: Final = timedelta(hours=24)
PURPOSE: Final = b"muster page link v1"
SIGNED: Final = 16
"""Bytes of the signature: nobody tries 2^128 links in a day."""

LONGEST: Final = 1_000


@dataclass(frozen=True, slots=True)
class PageLink:
    person: str
    incident: int


class PageLinks:
    """`secret` is the web room's; `now` the wall clock, aware."""

    def __init__(self, secret: bytes, public_url: str, now: Callable[[], datetime]) -> None:
        self._key = hmac.digest(secret, PURPOSE, "sha256")
        self._url, self._now = public_url.rstrip("/"), now

    def url(self, person: str, incident: int) -> str:
        """Where this person answers a page about this incident, for a day from now."""
        ends = int((self._now() + LASTS).timestamp())
        said = f"{incident}.{ends}.{person}".encode()
        return f"{self._url}/page/{_word(said)}.{_word(self._sign(said))}"

    def incident_url(self, incident: int) -> str:
        return f"{self._url}/incidents/{incident}"

    def read(self, token: str) -> PageLink:
        """Whom and what the last part of such a link is for.

        Raises:
            NotFound: it has ended, or we never made it.
        """
        said, _, signature = token[:LONGEST].partition(".")
        try:
            plain, given = _bytes(said), _bytes(signature)
        except (NotBase64, ValueError):
            raise _over() from None
        if not hmac.compare_digest(given, self._sign(plain)):
            raise _over()
        number, ends, person = plain.decode().split(".", 2)
        if int(ends) < self._now().timestamp():
            raise _over()
        return PageLink(person, int(number))

    def _sign(self, said: bytes) -> bytes:
        return hmac.digest(self._key, said, "sha256")[:SIGNED]


def _over() -> NotFound:
    return NotFound("This link has ended; it works for a day. Sign in to Muster, or ask who is on.")


def _word(said: bytes) -> str:
    return urlsafe_b64encode(said).decode().rstrip("=")


def _bytes(word: str) -> bytes:
    return urlsafe_b64decode(word.encode("ascii") + b"=" * (-len(word) % 4))
