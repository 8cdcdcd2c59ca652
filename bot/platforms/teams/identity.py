"""Who somebody in Teams is to us (BEHAVIOUR 6.1): by object id in our tenant, by e-mail, else a
newcomer.

Guests, people of other tenants and whoever has no account in Entra are strangers: they have no
rights at all. The roster of the conversation says which they are.
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/get-teams-context
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

import structlog

from bot.domain.errors import DeliveryError, Overloaded
from bot.domain.people import Actor, Right
from bot.domain.policy import Policies
from bot.engine.newcomers import Newcomers
from bot.engine.people import People
from bot.platforms.teams.heard import By, Where
from bot.ports.clock import Clock
from bot.ports.newcomers import Newcomer

log = structlog.get_logger()

BELIEVED: Final = timedelta(minutes=10)
"""How long we go by what Teams said of somebody; a guest of then may be a member by now."""

ASK_AGAIN: Final = timedelta(seconds=30)
"""After a question that Teams did not answer."""

MEMBER: Final = "user"
"""`userRole` of whoever is no guest and not anonymous; older tenants leave it out."""

BOT: Final = "28:"
"""What ids of bots begin with."""

EXTERNAL: Final = "#EXT#"
"""Stands in the principal name of a guest: their account is another tenant's."""


class AsksTeams(Protocol):
    async def __call__(self, where: Where, user: str) -> Mapping[str, Any]:
        """The member of the conversation, by either id. Raises DeliveryError."""
        ...


@dataclass(frozen=True, slots=True)
class _Believed:
    """`person` is None for a stranger."""

    person: str | None
    until: datetime


class Identity:
    """`tenant` is the one whose people are heard."""

    def __init__(
        self,
        *,
        people: People,
        newcomers: Newcomers,
        clock: Clock,
        tenant: str,
        asks: AsksTeams,
    ) -> None:
        self.people, self.newcomers, self.clock = people, newcomers, clock
        self.tenant, self._asks = tenant, asks
        self._believed: dict[str, _Believed] = {}
        self._aad: dict[str, str] = {}
        self._listed: tuple[Policies | None, dict[str, str]] = (None, {})

    async def actor(self, by: By, where: Where, **origin: str) -> Actor:
        """Who acts, with the rights of now; a stranger has the right NOTHING.

        Raises:
            Overloaded: Teams cannot be asked now, and nobody like this is known.
        """
        said = {
            "platform": "teams",
            "tenant": self.tenant,
            "user": by.aad or by.user,
            "room": where.conversation,
            **origin,
        }
        person = await self._person(by, where)
        kept = {name: value for name, value in said.items() if value}
        actor = self.people.actor(person, kept) if person else None
        return actor or Actor(id=f"teams:{by.aad or by.user}", origin=kept)

    async def meet(self, users: Iterable[str], where: Where) -> None:
        """Learns who these people here are (by either id), as far as Teams says."""
        for user in users:
            if _is_person(user) and self.person_of(user) is None:
                await self._person(By(user=user), where)

    def person_of(self, user: str) -> str | None:
        """The id of the person, where they are known without asking; by either id."""
        aad = self._aad.get(user, user)
        policies = self.people.rules.policies
        if self._listed[0] is not policies:
            named = policies.people.items()
            self._listed = (policies, {one.teams: id for id, one in named if one.teams})
        if (id := self._listed[1].get(aad) or self._listed[1].get(user)) is not None:
            return id
        believed = self._believed.get(aad)
        return believed.person if believed else None

    async def _person(self, by: By, where: Where) -> str | None:
        if by.aad:
            self._aad[by.user] = by.aad
        known = self.person_of(by.user)
        if known is not None and not self._is_newcomer(known, by):
            return known
        believed = self._believed.get(by.aad or by.user)
        now = self.clock.now()
        if believed is None or believed.until <= now:
            believed = await self._ask(by, where, known, now)
            self._believed[self._aad.get(by.user, by.user)] = believed
        return believed.person

    def _is_newcomer(self, person: str, by: By) -> bool:
        """Whether only Teams vouches for them: they may have become a guest."""
        named = self.people.rules.policies.people.get(person)
        ids = (by.user, by.aad, self._aad.get(by.user))
        return named is None or named.teams not in ids or person in self.newcomers

    async def _ask(self, by: By, where: Where, known: str | None, now: datetime) -> _Believed:
        try:
            member = await self._asks(where, by.user)
        except DeliveryError as silent:
            if silent.permanent:  # nobody who is here
                return _Believed(None, now + BELIEVED)
            log.warning("teams_user_not_asked", user=by.aad or by.user, why=str(silent))
            if known is None:
                raise Overloaded("Teams does not say who you are right now.") from silent
            return _Believed(known, now + ASK_AGAIN)
        return _Believed(await self._judge(member, by), now + BELIEVED)

    async def _judge(self, member: Mapping[str, Any], by: By) -> str | None:
        """The person's id; None for a stranger."""
        aad = str(member.get("aadObjectId") or member.get("objectId") or "")
        principal = str(member.get("userPrincipalName") or "")
        strange = (
            not aad
            or (by.aad and aad != by.aad)
            or member.get("tenantId") != self.tenant
            or (member.get("userRole") or MEMBER) != MEMBER
            or EXTERNAL in principal.upper()
        )
        if strange:
            return None
        self._aad[by.user] = aad
        email = str(member.get("email") or "")
        for id in (self.person_of(aad), self._by_email(email or principal)):
            if id is not None and id not in self.newcomers:
                return id
        return await self.newcomers.welcome(
            Newcomer(
                platform="teams",
                user=aad,
                name=str(member.get("name") or by.name or aad),
                email=email or None,
                zone=_zone(by.zone),
            )
        )

    def _by_email(self, email: str) -> str | None:
        found = [
            id
            for id, person in self.people.rules.policies.people.items()
            if (person.email or "").lower() == email.lower() and id not in self.newcomers
        ]
        return found[0] if email and len(found) == 1 else None


def _is_person(id: str) -> bool:
    """It is a person's in Teams, or an object id in Entra; bots and channels have others."""
    return id.startswith("29:") or bool(id and ":" not in id)


def _zone(said: str) -> str:
    try:
        return ZoneInfo(said).key
    except (ValueError, OSError, KeyError):
        return "UTC"


def is_stranger(actor: Actor) -> bool:
    return not actor.right.reaches(Right.VIEWER)
