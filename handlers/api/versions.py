"""Versions as HTTP speaks of them: `ETag`, `If-Match`, `If-None-Match` (RFC 9110, 8.8 and 13.1).

A version stands for the whole incident, so a tag that a proxy made weak (`W/"7"`) says as much as
the strong one. A bare number is taken as well.
"""

import re
from dataclasses import dataclass
from typing import Final

from bot.domain.errors import Stale, Unreadable
from bot.domain.incident import Incident

_TAG: Final = re.compile(r'\s*(?:(?:W/)?"([\x21\x23-\x7e]*)"|(\d{1,15}))\s*', re.ASCII)
LONGEST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Named:
    """The versions that a header names. Tags we never made are in none of them."""

    versions: frozenset[int] = frozenset()
    any: bool = False

    def __contains__(self, version: int) -> bool:
        return self.any or version in self.versions


def etag(version: int) -> str:
    return f'"{version}"'


def read_tags(header: str | None) -> Named | None:
    """What the header names; None without one.

    Raises:
        Unreadable: it is no list of entity tags.
    """
    if header is None:
        return None
    if header.strip() == "*":
        return Named(any=True)
    found = [_TAG.fullmatch(part) for part in header[:LONGEST].split(",")]
    tags = [match[1] or match[2] or "" for match in found if match]
    if len(tags) != len(found) or len(header) > LONGEST:
        raise Unreadable('That is no list of entity tags; write for example If-Match: "7".')
    return Named(frozenset(int(tag) for tag in tags if re.fullmatch(r"\d{1,15}", tag, re.ASCII)))


def wanted_version(named: Named | None, incident: Incident) -> int | None:
    """The version the asker looked at, the newest of those named; None where any will do.

    The act itself asks, in its transaction, whether it is still the present one.

    Raises:
        Stale: the incident has had none of the versions named.
    """
    if named is None or named.any:
        return None
    known = [version for version in named.versions if version <= incident.version]
    if not known:
        looked = ", ".join(f"{version}" for version in sorted(named.versions)) or "another"
        raise Stale(
            f"{incident.id} is at version {incident.version} by now, you looked at {looked}."
        )
    return max(known)
