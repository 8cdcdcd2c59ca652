"""Who is looking, and whether what they post was posted by a page of ours.

A session is a random secret in a cookie that only the server makes; before there is one, a random
name for the browser takes its place. Every form carries a token that is an HMAC of that cookie, so
a token is of no use in another browser or after signing in or out. Where the browser says whose
page it posts for (Origin, Sec-Fetch-Site), that is checked as well.
"""

import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from bot.domain.errors import Forbidden, Invalid, Unauthentic
from bot.domain.people import Actor, Right
from bot.domain.policy import Person, Policies
from bot.ports.queries import Viewer
from handlers.doors.body import read_body
from handlers.web.needs import Logins

FORM_CAP: Final = 256 * 1024
SESSION_LASTS: Final = 30 * 86_400
"""Seconds the browser keeps the cookie; the session itself may end sooner."""

_FRESH: Final = web.RequestKey("browser", str)
_KEY: Final = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """`csrf` goes into every form of their pages."""

    id: str
    person: Person
    csrf: str
    address: str = ""

    @property
    def name(self) -> str:
        return self.person.name or self.id

    @property
    def viewer(self) -> Viewer:
        return Viewer(person=self.id)

    def actor(self, room: int | None = None) -> Actor:
        origin = {"platform": "web", "address": self.address}
        if room is not None:
            origin["room"] = str(room)
        return Actor(
            id=self.id,
            name=self.name,
            right=self.person.rights,
            zone=self.person.zone,
            origin={name: said for name, said in origin.items() if said},
        )


class Visitors:
    """`secret` signs the tokens of forms. `dev`: one may act as anybody."""

    def __init__(
        self,
        *,
        policies: Callable[[], Policies],
        logins: Logins,
        secret: bytes,
        public_url: str,
        dev: bool = False,
    ) -> None:
        self.policies, self.logins, self.dev = policies, logins, dev
        self._secret = secret
        self._site = urlsplit(public_url).netloc.lower()
        self.secure = public_url.startswith("https://")
        prefix = "__Host-" if self.secure else ""
        self._session = f"{prefix}muster_session"
        self._browser = f"{prefix}muster_browser"
        self._acting = f"{prefix}muster_acting"

    # who

    async def who(self, request: web.Request) -> Visitor:
        """Raises Unauthentic: nobody is signed in here, or somebody the policies do not know."""
        id = await self.person_of(request)
        if id is None:
            raise Unauthentic(
                "You are not signed in. Ask an admin for a sign-in link"
                " (`muster login-link you`), and open it in this browser."
            )
        return Visitor(
            id=id,
            person=self.policies().people[id],
            csrf=self.token(request),
            address=request.remote or "",
        )

    async def person_of(self, request: web.Request) -> str | None:
        """The id of whoever looks, where the policies know them and let them read."""
        people = self.readers()
        if session := request.cookies.get(self._session):
            id = await self.logins.session(session)
            if id in people:
                return id
        if not self.dev:
            return None
        acting = request.cookies.get(self._acting)
        if acting in people:
            return acting
        return next(iter([*self.policies().admins, *people]), None)

    def readers(self) -> dict[str, Person]:
        """Everybody who may look at all."""
        people = self.policies().people
        return {id: one for id, one in people.items() if one.rights.reaches(Right.VIEWER)}

    # what they post

    async def form(self, request: web.Request) -> dict[str, str]:
        """The fields of a form that one of our pages posted.

        Raises:
            Forbidden: another site's page posted it, or its token is not this browser's.
        """
        fields = await self.fields(request)
        given = request.headers.get("X-Muster-Csrf") or fields.pop("csrf", "")
        if not hmac.compare_digest(given.encode(), self.token(request).encode()):
            raise Forbidden("This page is too old: somebody signed in or out. Load it again.")
        return fields

    async def fields(self, request: web.Request) -> dict[str, str]:
        """The fields of a form that a page of ours posted, or somebody without a browser.

        Raises:
            Forbidden: another site's page posted it.
        """
        self.refuse_strangers(request)
        if request.content_type != "application/x-www-form-urlencoded":
            raise Invalid("Post it as a form does.")
        return _decode(await read_body(request, FORM_CAP))

    def refuse_strangers(self, request: web.Request, *, must_say: bool = False) -> None:
        """Raises Forbidden for a page of another origin; `must_say`: also where none is named."""
        if request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
            raise Forbidden("Another site's page sent this.")
        origin = request.headers.get("Origin")
        if origin is None and not must_say:
            return
        netloc = urlsplit(origin or "").netloc.lower()
        if not netloc or netloc not in {request.headers.get("Host", "").lower(), self._site}:
            raise Forbidden("Another site's page sent this.")

    def token(self, request: web.Request) -> str:
        held = request.cookies.get(self._session) or request.cookies.get(self._browser)
        if held is None:
            held = request.get(_FRESH) or secrets.token_urlsafe(24)
            request[_FRESH] = held
        return hmac.new(self._secret, b"csrf\0" + held.encode(), sha256).hexdigest()

    # what their browser keeps

    def remember(self, request: web.Request, response: web.StreamResponse) -> None:
        """Gives a browser that came without a name the one its forms are signed for."""
        if fresh := request.get(_FRESH):
            self._set(response, self._browser, fresh)

    def signed_in(self, response: web.StreamResponse, session: str) -> None:
        self._set(response, self._session, session)

    def signed_out(self, response: web.StreamResponse) -> None:
        for name in (self._session, self._browser, self._acting):
            response.del_cookie(name, path="/", secure=self.secure, httponly=True, samesite="Lax")

    def act_as(self, response: web.StreamResponse, person: str) -> None:
        self._set(response, self._acting, person)

    def session_of(self, request: web.Request) -> str | None:
        return request.cookies.get(self._session)

    def _set(self, response: web.StreamResponse, name: str, value: str) -> None:
        response.set_cookie(
            name,
            value,
            path="/",
            max_age=SESSION_LASTS,
            secure=self.secure,
            httponly=True,
            samesite="Lax",
        )


def _decode(body: bytes) -> dict[str, str]:
    """Fields by name, the last of a name; NUL replaced, line breaks as `\\n`."""
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"),
            keep_blank_values=True,
            max_num_fields=200,
            errors="replace",
        )
    except ValueError:
        raise Invalid("A form has at most 200 fields.") from None
    return {name: said.replace("\0", "\ufffd").replace("\r\n", "\n") for name, said in pairs}


def read_number(given: str) -> int | None:
    """A number as an address or a form says it; None where it is none."""
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 15 else None


def invocation_key(visitor: Visitor, given: str) -> str:
    """The key of a command, this person's own: nobody can use up or read another's.

    Raises:
        Invalid: the page did not make one.
    """
    given = given.strip().lower()
    if not _KEY.fullmatch(given):
        raise Invalid("Every command carries a key (a UUID), so that it acts once.", field="key")
    return f"web:{visitor.id}:{given}"
