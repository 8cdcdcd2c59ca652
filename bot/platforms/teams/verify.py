"""Whether a request is the Bot Connector's: who signed its token, for whom, until when, for where.

The rules are Microsoft's, all seven of them:
https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication#step-4-verify-the-jwt-token
The library's own check turns itself off where the app id is empty, and answers 500 where a token is
missing or unknown; this one knows no way through but a good token.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import jwt

from bot.domain.errors import Unauthentic
from bot.platforms.teams.keys import Keys

ISSUER: Final = "https://api.botframework.com"
CHANNEL: Final = "msteams"
ALGORITHM: Final = "RS256"
SKEW: Final = timedelta(minutes=5)
"""How far clocks may differ, as Microsoft says."""

LONGEST: Final = 6_000
"""Characters of a token."""

_HOST: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*", re.ASCII)
_TOKEN: Final = re.compile(r"Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)", re.ASCII)


class Verifier:
    """`app_id` is ours; `service_urls` are what addresses we answer to may begin with."""

    def __init__(self, app_id: str, service_urls: Sequence[str], keys: Keys) -> None:
        if not app_id or not service_urls:
            raise ValueError("without an app id and addresses nobody can be believed")
        self.app_id, self.keys = app_id, keys
        self.service_urls = tuple(
            _small(url if url.endswith("/") else f"{url}/") for url in service_urls
        )

    async def check(self, header: str, now: datetime) -> Mapping[str, Any]:
        """The claims of a good token; `now` is wall time, aware.

        Raises:
            Unauthentic: it is missing, or anything about it is wrong.
            Overloaded: the keys cannot be read now.
        """
        token = _token(header)
        key = await self.keys.key(_kid(token))
        if not key.may_sign_for(CHANNEL):
            raise Unauthentic("The key may not sign for Teams.")
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key.public,
                algorithms=[ALGORITHM],
                audience=self.app_id,
                issuer=ISSUER,
                options={
                    "require": ["exp", "iss", "aud"],
                    "strict_aud": True,
                    # the time is ours to look at: the library asks the machine's clock
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError) as wrong:
            raise Unauthentic("The token is not good.") from wrong
        _in_time(claims, now)
        if not _address_in(claims):
            raise Unauthentic("The token does not say whose it is.")
        return claims

    def check_address(self, claims: Mapping[str, Any], service_url: Any) -> str:
        """The address that answers go to: the token's own, and one of those that are allowed.

        Raises:
            Unauthentic: it is neither.
        """
        if not isinstance(service_url, str) or service_url != _address_in(claims):
            raise Unauthentic("The token is for another service.")
        address = service_url if service_url.endswith("/") else f"{service_url}/"
        if not _small(address).startswith(self.service_urls):
            raise Unauthentic("Teams is not there.")
        return address


def _address_in(claims: Mapping[str, Any]) -> str:
    """Microsoft writes the claim's name in small letters, and its documents `serviceUrl`."""
    said = claims.get("serviceurl") or claims.get("serviceUrl")
    return said if isinstance(said, str) else ""


def _small(url: str) -> str:
    """Scheme and host in small letters, which are the same in others."""
    host = _HOST.match(url)
    return host[0].lower() + url[host.end() :] if host else url


def _token(header: str) -> str:
    found = _TOKEN.fullmatch(header) if len(header) <= LONGEST else None
    if found is None:
        raise Unauthentic("There is no bearer token.")
    if any(not _is_canonical(part) for part in found.groups()):
        raise Unauthentic("The token is not written as tokens are.")
    return header.removeprefix("Bearer ")


def _is_canonical(part: str) -> bool:
    """Base64 has several ways to write the same bytes; a token has one."""
    try:
        raw = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        return False
    return urlsafe_b64encode(raw).rstrip(b"=").decode() == part


def _kid(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError) as wrong:
        raise Unauthentic("The token's header is not good.") from wrong
    kid = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(kid, str) or not kid:
        raise Unauthentic("The token's header is not good.")
    return kid


def _in_time(claims: Mapping[str, Any], now: datetime) -> None:
    """Raises Unauthentic: it is over, or it has not begun."""
    at, skew = now.timestamp(), SKEW.total_seconds()
    until, begins = claims["exp"], claims.get("nbf", 0)
    if not _is_number(until) or not _is_number(begins):
        raise Unauthentic("The token does not say how long it lasts.")
    if at >= until + skew or at < begins - skew:
        raise Unauthentic("The token is over, or has not begun.")


def _is_number(said: Any) -> bool:
    return isinstance(said, int | float) and not isinstance(said, bool)
