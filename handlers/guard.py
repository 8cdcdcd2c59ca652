"""In dev nothing needs a token, so nobody but this computer gets an answer.

Three doors are shut: other addresses; other Host names (a foreign page may resolve its own name to
127.0.0.1, "DNS rebinding"); and pages of other origins, whose browser would post here for them.
"""

from functools import lru_cache
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from bot.domain.errors import Forbidden

HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def dev_guard(request: web.Request) -> None:
    """See handlers.http.Guard.

    Raises:
        Forbidden: it comes through one of the three doors.
    """
    if not _is_here(request.remote):
        raise Forbidden("In dev Muster answers this computer only.")
    host = request.headers.get("Host", "").lower()
    if _name(f"//{host}") not in HOSTS:
        raise Forbidden("In dev Muster answers as localhost, 127.0.0.1 or [::1] only.")
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() not in {f"http://{host}", f"https://{host}"}:
        raise Forbidden("In dev Muster answers pages of its own only.")


@lru_cache(maxsize=256)
def _name(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


@lru_cache(maxsize=256)
def _is_here(remote: str | None) -> bool:
    """Loopback, or a Unix socket, which has no address."""
    if not remote:
        return True
    try:
        address = ip_address(remote.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
